"""Mail in: who may have written it, and what becomes of it.

From is only a claim. A mail joins a case where it carries a token that we signed for
its sender, and its sender is still on that case; else it is a new complaint of a new
customer, or a person looks at it. No mail ever acts as staff, and none changes whose
case it is.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from complaints import batch
from complaints.channels import cases, pipeline
from complaints.channels.email import (
    dedupe,
    flood,
    headers,
    parse,
    returned,
    threads,
    verdicts,
)
from complaints.channels.email.address import find_reference
from complaints.channels.email.outbound import mail_domain
from complaints.channels.inbound import Inbound
from complaints.channels.reasons import Reason, reason_of
from complaints.channels.work import Taken, Verdict, Way, Work, dropped, held
from complaints.models import Complaint, Letter, Party
from complaints.permissions import Viewer
from complaints.services import intake
from config.memory import remembered
from teams.models import User
from teams.models.user import UserKind

ACCOUNT = "mail"
"""One for all our mailboxes, so that a mail that reached two of them is one mail."""

NEEDED = (
    *("reference", "version", "state", "barrier", "channel", "language", "team"),
    *("profile_key", "received_at", "merged_into", "erased_at"),
    "customer__erased_at",
)
"""What an answer asks of its case; each further column costs every mail something."""

MENTION_LOOKED_FOR = 5_000
"""Characters of text in which a reference number is looked for, as a hint."""


def receive(raw: bytes, *, received_at: datetime | None = None) -> Taken:
    """Take one raw mail in. ``received_at`` is the mailbox's own time of receipt."""
    return pipeline.take_in(
        raw, provider=parse.PROVIDER, account=ACCOUNT, received_at=received_at
    )


def read(raw: bytes, account: str) -> Inbound:
    """The mail as a value, by this desk's settings."""
    return parse.parse(
        raw,
        account=account,
        authserv_ids=settings.MAIL_AUTHSERV_IDS,
        own_addresses=_own_addresses(),
    )


def _own_addresses() -> set[str]:
    """What we write from; staff of the same domain are told apart by their accounts."""
    sources = (settings.DEFAULT_FROM_EMAIL, settings.SERVER_EMAIL)
    found = {parseaddr(source)[1].lower() for source in sources}
    return found | {address.lower() for address in settings.MAIL_ADDRESSES}


# Deciding -----------------------------------------------------------------------------


def decide(work: Work) -> Verdict:
    return _by_machine(work) or _doubtful(work) or _answer(work) or _new(work)


def _by_machine(work: Work) -> Verdict | None:
    """Machines open, reopen and answer nothing."""
    kind = work.inbound.automatic
    if kind == "bounce":
        return returned.note(work)
    if kind == "loop":
        return dropped(Reason.LOOP)
    if kind == "auto-reply" and _answers_us(work.inbound):
        return dropped(Reason.AUTO_REPLY)
    return held(reason_of(kind)) if kind else None


def _answers_us(inbound: Inbound) -> bool:
    """An automatic answer to a mail of ours says nothing that a person must read."""
    head = headers.split(inbound.raw)[0]
    path = head.get("return-path").strip("<> ") if head.has("return-path") else "?"
    if not path:
        return True
    return threads.answers_us(inbound, key=reply_keys())


def _doubtful(work: Work) -> Verdict | None:
    """What a person has to look at before it counts as anything."""
    inbound = work.inbound
    if inbound.problems:
        return held(reason_of(inbound.problems[0]))
    if not _is_answerable(inbound.sender.address):
        return held(Reason.NO_SENDER)
    if inbound.authentication.get("dmarc") in (verdicts.FAIL, verdicts.OTHER):
        return held(Reason.UNVERIFIED)
    if _is_staff(inbound.sender.address):
        return held(Reason.FROM_STAFF)
    if not inbound.text.strip() and not inbound.attachments:
        return held(Reason.EMPTY)
    return None


def _is_answerable(address: str) -> bool:
    """Whether it is an address, and one that the register can hold."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= 254


def _is_staff(address: str) -> bool:
    return address.lower() in _staff_addresses()


@remembered
def _staff_addresses() -> frozenset[str]:
    ours = Q(kind=UserKind.STAFF) | Q(is_staff=True)
    found = User.objects.filter(ours).values_list("email", flat=True)
    return frozenset(email.lower() for email in found)


def _answer(work: Work) -> Verdict | None:
    """The case that the mail proves to answer, if it claims to answer any."""
    inbound = work.inbound
    domain = mail_domain()
    thread = threads.thread_of(inbound, key=reply_keys(), domain=domain)
    if thread is None:
        return None
    if thread.problem:
        return held(thread.problem)
    viewer = Viewer(user=work.actor)
    rows = Complaint.objects.visible_to(viewer).select_related("customer")
    rows = rows.only(*NEEDED).filter(reference=thread.reference)
    complaint = next(iter(rows), None)
    if complaint is None:
        return held(Reason.BAD_TOKEN)
    if not threads.is_on_case(inbound.sender.address, complaint):
        return held(Reason.NOT_A_PARTY, mentions=complaint.reference)
    return cases.append(work, complaint, verified=flood.is_proven(inbound))


def reply_keys() -> tuple[str, ...]:
    """What an answer may be signed by: the key in use, and those used before."""
    return (settings.REPLY_KEY, *settings.REPLY_KEY_FALLBACKS)


def _new(work: Work) -> Verdict:
    if cases.opened_today(work) >= cases.OPENED_A_DAY:
        return held(Reason.TOO_MANY)
    if flood.is_one_too_many(work.inbound):
        return held(Reason.FLOOD)
    return open_for_sender(work)


def open_for_sender(work: Work) -> Verdict:
    """A complaint of a customer of its own; never of one who is known already.

    A number in the text is a hint for people: it opens and attaches nothing.
    """
    inbound = work.inbound
    address = inbound.sender.address
    with batch.together(Party, Complaint, Letter):
        party = intake.new_guest(
            email=address if _is_answerable(address) else "",
            name=inbound.sender.called,
            language=inbound.language or "en",
        )
        verdict = cases.open_case(work, party, verified=flood.is_proven(inbound))
    if mentioned := mentions(inbound):
        verdict.facts["mentions"] = mentioned
    return verdict


def mentions(inbound: Inbound) -> str:
    """The reference number that a mail speaks of, as it may be guessed or overheard."""
    text = f"{inbound.subject}\n{inbound.text[:MENTION_LOOKED_FOR]}"
    return find_reference(text) or ""


WAY = Way(
    provider=parse.PROVIDER,
    external_id=dedupe.external_id,
    parse=read,
    decide=decide,
)
