"""What comes from a community, ours or a Discourse, and what becomes of it.

A public post is nobody's statement to the desk yet: it is held with its snapshot until
a person looks. What the same author adds to it later joins it; what others say there
is theirs. A private message to the desk's account is said to us; what is said in
private to others was reduced before it came here.
"""

from __future__ import annotations

import re

from django.conf import settings

from complaints.channels import cases
from complaints.channels.forum import complain, discourse, snapshot
from complaints.channels.forum.discourse import Told
from complaints.channels.inbound import Inbound
from complaints.channels.reasons import Reason, reason_of
from complaints.channels.work import Verdict, Way, Work, dropped, held
from complaints.errors import InvalidInput
from complaints.models import Complaint, RawMessage
from complaints.services import handles
from complaints.states import FINAL_STATES, Channel, Intake
from complaints.throttle import Limit

CODE = re.compile(rf"\s*[{handles.CODE_SIGNS}\s-]{{10,14}}\s*", re.I)
"""A message that is a code to link an account, and nothing else."""

CODES = Limit("forum-codes", tries=10, seconds=3600)
"""Beyond so many, what looks like one is words."""


def external_id(raw: bytes) -> str:
    try:
        return snapshot.external_id(snapshot.holding(raw)["post"])
    except (ValueError, RecursionError):
        return discourse.told(raw).key


def read(raw: bytes, account: str) -> Inbound:
    return snapshot.read(raw) if account == snapshot.BOARD else discourse.read(raw)


def decide(work: Work) -> Verdict:
    if work.raw.account == snapshot.BOARD:
        return complain.decide(work)
    if work.inbound.problems:
        return held(reason_of(work.inbound.problems[0]))
    post = discourse.told(bytes(work.raw.raw))
    if post.withheld:
        return _withheld(post)
    return _by_machine(post) or (
        _message(work, post) if post.is_private else _public(work, post)
    )


def _withheld(post: Told) -> Verdict:
    """What was, or may have been, said to others; there is nothing here to read."""
    if post.withheld == Reason.MAYBE_SAID_TO_OTHERS and not post.is_deleted:
        return held(Reason.MAYBE_SAID_TO_OTHERS, link=post.link)
    is_ours = post.withheld == Reason.LOOP
    return dropped(Reason.LOOP if is_ours else Reason.SAID_TO_OTHERS)


def _by_machine(post: Told) -> Verdict | None:
    """What no customer said."""
    ours = settings.DISCOURSE_API_USERNAME.casefold()
    if post.username.casefold() == ours or post.user <= 0 or post.is_staff:
        return dropped(Reason.LOOP)
    if post.is_deleted:
        return dropped(Reason.DELETED_THERE, link=post.link)
    return None if post.is_regular and post.text else dropped(Reason.EMPTY)


# Said in private ----------------------------------------------------------------------


def _message(work: Work, post: Told) -> Verdict:
    """A code links the account; else it joins the author's open case, or is one."""
    handles.in_turn(snapshot.PROVIDER, post.handle)
    if CODE.fullmatch(post.text) and not CODES.wait(post.handle) and _links(post):
        return dropped(Reason.LINKED)
    parties = handles.speaks_for(snapshot.PROVIDER, post.handle)
    mine = Complaint.objects.filter(
        customer__in=parties, channel=Channel.FORUM, merged_into=None
    ).exclude(state__in=FINAL_STATES)
    case = mine.order_by("-received_at", "-pk").first()
    if case is not None:
        return cases.append(work, case, verified=True)
    if cases.opened_today(work) >= cases.OPENED_A_DAY:
        return held(Reason.TOO_MANY)
    return cases.open_case(work, cases.party_of(work), verified=True)


def _links(post: Told) -> bool:
    code = "".join(post.text.split()).replace("-", "")
    try:
        handles.redeem(provider=snapshot.PROVIDER, handle=post.handle, code=code)
    except InvalidInput:
        return False
    return True


# Said before everybody ----------------------------------------------------------------


def _public(work: Work, post: Told) -> Verdict:
    first = _first_known(work, post)
    if first is None:
        return held(Reason.PUBLIC_POST, link=post.link)
    if first.sender != post.handle:
        return dropped(Reason.SOMEBODY_ELSE)
    if first.complaint is None:
        return held(Reason.PUBLIC_POST, link=post.link)
    return cases.append(work, first.complaint, verified=True)


def _first_known(work: Work, post: Told) -> RawMessage | None:
    """The first post of the same topic that was held or became a complaint."""
    rows = RawMessage.objects.filter(
        provider=work.raw.provider,
        account=work.raw.account,
        external_id__startswith=f"t{post.topic}-p",
        outcome__in=(Intake.OPENED, Intake.HELD, Intake.APPENDED),
    )
    rows = rows.exclude(pk=work.raw.pk).select_related("complaint").defer("raw")
    return rows.order_by("pk").first()


WAY = Way(
    provider=snapshot.PROVIDER, external_id=external_id, parse=read, decide=decide
)
