"""What X and Facebook have in common: posts before everybody, messages between two.

A post is nobody's statement to the desk: it is held with a snapshot until a person
takes it up. A message is said to us: the first one opens a complaint, later ones join
it. A platform vouches for the account and never for who stands behind it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

from complaints import ledger
from complaints.channels import cases, files, social_words
from complaints.channels.inbound import Inbound
from complaints.channels.reasons import Reason, reason_of
from complaints.channels.said import Reader, Said, key_of, parsed
from complaints.channels.work import Verdict, Way, Work, channel_actor, dropped, held
from complaints.errors import InvalidInput
from complaints.models import Complaint, RawMessage
from complaints.permissions import Viewer
from complaints.services import handles
from complaints.states import FINAL_STATES, Intake, State

CODES_A_DAY = 10
"""Codes that one account may try in 24 hours; a person looks at what follows."""

_CODE = re.compile(
    r"\W*(?:(?P<called>/?link|code|关联|绑定|關聯|綁定)\W*)?(?P<code>[0-9A-Z\s-]{10,16})\W*",
    re.I,
)
UNLINK = frozenset({"unlink", "/unlink", "解除关联", "解除绑定", "解除關聯"})


def way(provider: str, read: Reader, *, files_by: str) -> Way:
    """How messages of a platform come in, whose items ``read`` understands.

    ``files_by`` is the channel of the relay that fetches what the platform keeps. An
    item that is not of the documented shape waits for a person.
    """

    def parse(raw: bytes, account: str) -> Inbound:
        return parsed(raw, read, provider=provider, account=account)

    def decide(work: Work) -> Verdict:
        problems = work.inbound.problems
        if problems:
            return held(reason_of(problems[0]))
        return _decide(work, read(work.inbound.raw))

    def settled(work: Work, verdict: Verdict) -> None:
        if not work.inbound.problems:
            _settled(work, verdict, read(work.inbound.raw), files_by)

    return Way(
        provider=provider,
        external_id=partial(key_of, read=read),
        parse=parse,
        decide=decide,
        settled=settled,
    )


def _decide(work: Work, said: Said) -> Verdict:
    if said.own:
        return dropped(Reason.LOOP)
    if said.kind == "deletion":
        return _deleted(work, said)
    if not said.author:
        return held(Reason.NO_SENDER)
    if said.kind == "post":
        return _post(work, said)
    return _message(work, said)


def _post(work: Work, said: Said) -> Verdict:
    if said.repost:
        return dropped(Reason.REPOST)
    gone = {"deleted_there": True} if is_deleted(work.raw, said.id) else {}
    link = {"link": said.link} if said.link else {}
    return held(Reason.PUBLIC_POST, **link, **gone)


def is_deleted(raw: RawMessage, post: str) -> bool:
    """Whether the platform told us that this post is gone."""
    key = Said("deletion", post).key
    rows = RawMessage.objects.filter(provider=raw.provider, account=raw.account)
    return rows.filter(external_id=key).exists()


def _deleted(work: Work, said: Said) -> Verdict:
    """What was written stays as it was; the case says that it is gone there."""
    key = Said("post", said.id).key
    rows = RawMessage.objects.filter(
        provider=work.raw.provider, account=work.raw.account
    )
    post = rows.filter(external_id=key).defer("raw").first()
    if post is not None and post.outcome == Intake.HELD:
        rows.filter(pk=post.pk, outcome=Intake.HELD).update(
            verdicts={**post.verdicts, "deleted_there": True}
        )
    if post is not None and post.complaint is not None:
        viewer = Viewer(user=channel_actor(work.raw.provider), at=work.now)
        payload = {"raw": post.pk, "raw_sha256": post.raw_sha256}
        entry = ledger.Entry("post_deleted", viewer, work.now, payload)
        ledger.append(post.complaint.stream, entry)
    return dropped(Reason.DELETED_THERE, **({"post": post.pk} if post else {}))


def _message(work: Work, said: Said) -> Verdict:
    if not said.text.strip() and not said.media:
        return held(Reason.EMPTY)
    handles.in_turn(work.raw.provider, said.author)
    asked = _unlinked(work, said) or _linked(work, said)
    if asked is not None:
        return asked
    case = open_case_of(work.raw.provider, said.author)
    if said.has_files and not said.files:
        social_words.tell_of_files(work)
    if case is not None:
        return cases.append(work, case, verified=True)
    if cases.opened_today(work) >= cases.OPENED_A_DAY:
        return held(Reason.TOO_MANY)
    return cases.open_case(work, cases.party_of(work), verified=True)


def open_case_of(provider: str, account: str) -> Complaint | None:
    """The newest case of whoever the account is, by this platform, that is not over;
    one that was merged lives on."""
    parties = handles.speaks_for(provider, account)
    over = FINAL_STATES - {State.MERGED}
    rows = Complaint.objects.filter(customer__in=parties, channel=provider)
    return rows.exclude(state__in=over).order_by("-received_at", "-pk").first()


# Linking ------------------------------------------------------------------------------


def code_in(text: str) -> tuple[str, bool]:
    """The code that a text consists of, and whether it can be nothing else; else
    empty. Ten letters in a row may be a word, so those are a code if they open one."""
    hit = _CODE.fullmatch(text.strip()[:60])
    plain = re.sub(r"[\s-]", "", hit["code"]).upper() if hit else ""
    if len(plain) != handles.CODE_LENGTH or set(plain) - set(handles.CODE_SIGNS):
        return "", False
    return plain, bool(hit and hit["called"]) or any(c.isdecimal() for c in plain)


def _linked(work: Work, said: Said) -> Verdict | None:
    code, sure = code_in(said.text)
    if not code:
        return None
    if _tried_today(work) >= CODES_A_DAY:
        return held(Reason.TOO_MANY)
    try:
        handles.redeem(
            provider=work.raw.provider, handle=said.author, code=code, now=work.now
        )
    except InvalidInput:
        if not sure:
            return None
        social_words.tell(work, "unknown_code")
        return dropped(Reason.UNKNOWN_CODE)
    social_words.tell(work, "linked")
    return dropped(Reason.LINKED)


def _tried_today(work: Work) -> int:
    return RawMessage.objects.filter(
        provider=work.raw.provider,
        sender__iexact=work.inbound.sender.handle,
        reason=Reason.UNKNOWN_CODE,
        decided_at__gt=work.now - timedelta(hours=24),
    ).count()


def _unlinked(work: Work, said: Said) -> Verdict | None:
    """The account itself ends its link, and takes back what it had brought along."""
    if said.text.strip().lower() not in UNLINK:
        return None
    if not handles.release(provider=work.raw.provider, handle=said.author):
        return None
    social_words.tell(work, "unlinked")
    return dropped(Reason.LINKED, ended=True)


# What a person decided ----------------------------------------------------------------


def _settled(work: Work, verdict: Verdict, said: Said, channel: str) -> None:
    """It is on a case now: have its files fetched by ``channel`` of the relay. Once a
    person has taken a post up, its author is answered under it."""
    if verdict.complaint is not None:
        _owe_files(work, verdict.complaint, said, channel)
    opened = said.kind == "post" and verdict.outcome == Intake.OPENED
    if opened and not is_deleted(work.raw, said.id):
        social_words.answer_in_public(work, said.id, verdict.complaint)


def _owe_files(work: Work, case: Complaint, said: Said, channel: str) -> None:
    for number, file in enumerate(said.files):
        files.owe(
            work.raw,
            case,
            channel=channel,
            address=file.address,
            name=file.name,
            key=str(number),
            now=work.now,
        )
