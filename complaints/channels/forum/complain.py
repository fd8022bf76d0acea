"""From a post to a complaint: by its author at once, by the desk to be looked at.

Either way the words leave the board: a snapshot is kept as evidence with its public
address, and others read a neutral line where it stood.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.channels import cases, outcome, pipeline
from complaints.channels.forum import services, snapshot
from complaints.channels.forum.models import Member, Post, Standing
from complaints.channels.forum.sight import may_moderate
from complaints.channels.reasons import Reason
from complaints.channels.work import Taken, Verdict, Work, held
from complaints.errors import IllegalMove, NotPermitted
from complaints.models import Complaint, Contact, ContactKind, RawMessage
from complaints.permissions import Viewer, as_viewer
from complaints.services import intake
from complaints.states import Intake

if TYPE_CHECKING:
    from teams.models import User


def may_complain(post: Post, member: Member | None) -> bool:
    """Whether this member's own post can become a complaint, or waits to be one."""
    if member is None or post.author_id != member.pk or post.is_deleted:
        return False
    return post.raw is None or post.raw.outcome == Intake.HELD


def by_author(*, post: Post, user: User, now: datetime | None = None) -> Complaint:
    """Open the complaint of a post for its author; sent twice it is the same one.

    Raises ``IllegalMove`` for a post of somebody else, or one that is gone.
    """
    member = post.author
    if member is None or member.user_id != user.pk or post.is_deleted:
        raise IllegalMove(_("This post cannot become a complaint."))
    know(member, now=now)
    raw = post.raw or _taken(post, by_author=True).raw_message
    if raw.outcome == Intake.HELD:
        _open_held(raw, member, now or timezone.now())
    if raw.complaint is None:
        raise IllegalMove(_("This post cannot become a complaint."))
    return raw.complaint


def by_desk(
    *, post: Post, actor: User | Viewer, now: datetime | None = None
) -> RawMessage:
    """Hold a post as a complaint for those who triage, and put it out of sight.

    Raises ``NotPermitted`` or ``IllegalMove``.
    """
    viewer = as_viewer(actor)
    if not may_moderate(viewer):
        raise NotPermitted
    if post.author is None or post.is_deleted or post.raw_id is not None:
        raise IllegalMove(_("This post cannot become a complaint."))
    know(post.author, now=now)
    taken = _taken(post, by_author=False)
    if taken.duplicate:  # by somebody else, since the page was opened
        raise IllegalMove(_("This post cannot become a complaint."))
    raw = taken.raw_message
    moment = now or timezone.now()
    payload = {"topic": post.topic_id, "post": post.pk, "raw": raw.pk}
    with transaction.atomic():
        entry = ledger.Entry("board_captured", viewer, moment, payload)
        ledger.append_of_day(entry)
    return raw


def know(member: Member, *, now: datetime | None = None) -> None:
    """Let the register know whose member this is: they signed in here to be one."""
    party = intake.party_of_user(member.user)
    Contact.objects.update_or_create(
        party=party,
        kind=ContactKind.HANDLE,
        provider=snapshot.PROVIDER,
        value=member.address,
        defaults={"proved_at": now or timezone.now(), "proof": "account"},
    )


def _taken(post: Post, *, by_author: bool) -> Taken:
    raw = snapshot.take(post, by_author=by_author)
    return pipeline.take_in(
        raw,
        provider=snapshot.PROVIDER,
        account=snapshot.BOARD,
        received_at=post.created_at,
    )


def decide(work: Work) -> Verdict:
    """What becomes of a snapshot; moves its post out of sight in the same breath."""
    said = snapshot.holding(bytes(work.raw.raw))
    post = Post.objects.select_related("topic").get(pk=said["post"])
    Post.objects.filter(pk=post.pk).update(raw=work.raw)
    services.stand(post, Standing.PRIVATE)
    if not said["by_author"]:
        return held(Reason.PUBLIC_POST, link=said["link"])
    return cases.open_case(work, cases.party_of(work), verified=True)


def _open_held(raw: RawMessage, member: Member, now: datetime) -> None:
    """The author's own word decides what the desk had only held."""
    inbound = snapshot.read(bytes(raw.raw))
    work = Work(raw, inbound, now)
    try:
        with transaction.atomic():
            if outcome.claim(raw, source=Intake.HELD):
                party = intake.party_of_user(member.user)
                verdict = cases.open_case(work, party, verified=True)
                outcome.keep(work, verdict)
    except BaseException:
        work.forget_files()
        raise
    raw.refresh_from_db()
