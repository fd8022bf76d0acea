"""A call as somebody of the desk writes it down: who it was, asked for, promised.

A voice proves nothing. So an account is named only after steps of an identity check,
which stand on the ledger by their names and never with the answers; without them the
words are kept as those of somebody unproven.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, timing
from complaints.errors import InvalidInput, NotPermitted, NotVisible
from complaints.models import Complaint, Event, Message, Party, RawMessage
from complaints.permissions import Viewer, as_viewer, may_speak_for_customer
from complaints.services import handles, intake
from complaints.services.correspond import QUIET_STATES, customer_writes
from complaints.services.evidence import Upload, add_evidence
from complaints.services.intake import Filing
from complaints.states import EvidenceKind, Step
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User


class Check(TextChoices):
    """The steps of an identity check; codes stand on the ledger and never change."""

    ACCOUNT = "account", _("Named their account ID")
    ADDRESS = "address", _("Named the e-mail address on file")
    RECENT = "recent", _("Named a recent order or transfer")
    CALLED_BACK = "called_back", _("Was called back on the number on file")


CHECKS_NEEDED = 2
PROMISE_LIMIT = 2_000


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was heard, apart from the complaint itself.

    number: of the caller, as in E.164, or empty. checked: the steps of ``Check`` that
    the caller passed. promised_by: until when what was promised is due. recording: of
    the call. raw: the record that the telephone line left of it.
    """

    number: str = ""
    checked: tuple[str, ...] = ()
    promised: str = ""
    promised_by: datetime | None = None
    recording: Upload | None = None
    raw: RawMessage | None = None

    @property
    def identified(self) -> bool:
        return len(set(self.checked)) >= CHECKS_NEEDED


def customer_of(user: User, call: Call, actor: User | Viewer) -> Party:
    """The customer of that account, for a caller who was identified.

    Only support, which deals with every customer, may name an account. Raises
    ``NotPermitted``, or ``InvalidInput`` where the caller proved too little.
    """
    if not as_viewer(actor).holds(Perm.VIEW_STATUS):
        raise NotPermitted
    if not call.identified:
        words = _("Tick two steps of the identity check before you name an account.")
        raise InvalidInput(words, field="checked", code="not_identified")
    party = intake.party_of_user(user)
    if call.number:
        handles.keep_number(party, call.number)
    return party


def stranger(call: Call, *, name: str, email: str, language: str) -> Party:
    """A new customer, whose address and number prove nothing."""
    party = intake.guest_party(email=email, name=name, language=language)
    if call.number:
        handles.keep_number(party, call.number)
    return party


@transaction.atomic
def file_call(
    *, filing: Filing, call: Call, actor: User | Viewer, now: datetime | None = None
) -> Complaint:
    """Register what the caller complains of. Sent twice with one key, it is one.

    Raises ``NotPermitted`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not viewer.holds(Perm.HANDLE):
        raise NotPermitted
    _check(call, moment)
    complaint = intake.file_complaint(filing=filing, actor=viewer, now=moment)
    if complaint.customer_id == filing.customer.pk and not _is_noted(complaint):
        _note(complaint, call, viewer, moment, None)
    return complaint


@transaction.atomic
def add_call(
    *,
    complaint: Complaint,
    text: str,
    call: Call,
    channel: str,
    actor: User | Viewer,
    now: datetime | None = None,
) -> Message:
    """Add what the caller said to a case whose status the actor may see.

    Raises ``NotVisible`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    seen = Complaint.objects.status_visible_to(viewer).filter(pk=complaint.pk)
    if not seen.exists() or not may_speak_for_customer(complaint, viewer):
        raise NotVisible
    _check(call, moment)
    message = customer_writes(
        complaint=complaint,
        text=text,
        actor=viewer,
        channel=channel,
        raw=call.raw,
        verified=call.identified,
        now=moment,
    )
    _note(message.complaint, call, viewer, moment, message)
    return message


def _check(call: Call, now: datetime) -> None:
    if set(call.checked) - set(Check.values):
        raise InvalidInput(_("This is not one of the choices."), field="checked")
    if call.promised_by is not None and not call.promised.strip():
        words = _("Write down what was promised.")
        raise InvalidInput(words, field="promised", code="empty")
    if call.promised_by is not None and call.promised_by <= now:
        words = _("What is promised lies ahead. Choose a later moment.")
        raise InvalidInput(words, field="promised_by", code="past")
    if len(call.promised) > PROMISE_LIMIT:
        words = _("This is longer than we can keep (2,000 characters).")
        raise InvalidInput(words, field="promised", code="too_long")


def _is_noted(complaint: Complaint) -> bool:
    """Whether the same form was sent before."""
    known = Event.objects.filter(stream=complaint.stream, what="call_logged")
    return known.exists()


def _note(
    complaint: Complaint,
    call: Call,
    viewer: Viewer,
    now: datetime,
    message: Message | None,
) -> None:
    """Keep on the ledger how sure we are and what was promised, and when it is due."""
    payload = {
        "checked": sorted(set(call.checked)),
        "identified": call.identified,
        "promised_by": call.promised_by,
        "message": message.pk if message else None,
    }
    promised = call.promised.strip()
    texts = {"promised": promised} if promised else {}
    entry = ledger.Entry("call_logged", viewer, now, payload, texts)
    event = ledger.append(complaint.stream, entry)
    if call.promised_by is not None:
        _promise(complaint, call.promised_by, f"promise:{event.seq}", now)
    if call.recording is not None:
        add_evidence(
            complaint=complaint,
            upload=call.recording,
            actor=viewer,
            kind=EvidenceKind.OTHER,
            source="call",
            message=message,
            shared=False,
            now=now,
        )


def _promise(complaint: Complaint, due: datetime, subject: str, now: datetime) -> None:
    """A promise is a limit like others: it reminds, and an answer ends it."""
    quiet = complaint.state in QUIET_STATES
    step = Step.FOLLOW_UP if quiet else Step.ANSWER_QUESTION
    clock = timing.dated_clock(
        complaint, step, started_at=now, due_at=due, subject=subject
    )
    clock.save()
    timing.refresh_next_due(complaint)
