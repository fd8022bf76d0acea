"""The record that a call left by itself, and the complaint that somebody writes down.

Both are decided in one transaction: a call is written down once, by one person.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from complaints import ledger
from complaints.channels.known import way_of
from complaints.channels.outcome import claim, keep
from complaints.channels.phone.told import PROVIDER
from complaints.channels.reasons import Reason
from complaints.channels.work import Verdict, Work
from complaints.errors import IllegalMove, NotPermitted
from complaints.models import Complaint, Message, RawMessage
from complaints.permissions import Viewer, as_viewer
from complaints.services import calls
from complaints.services.calls import Call
from complaints.services.intake import Filing
from complaints.states import Intake
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

MOST_WAITING = 20


def waiting(actor: User | Viewer) -> list[RawMessage]:
    """Calls that nobody has written down, the newest first; for those who triage."""
    if not as_viewer(actor).holds(Perm.TRIAGE):
        return []
    rows = RawMessage.objects.filter(
        provider=PROVIDER, outcome=Intake.HELD, reason=Reason.CALL
    )
    return list(rows.defer("raw").order_by("-received_at", "-pk")[:MOST_WAITING])


@transaction.atomic
def file_call(
    *, filing: Filing, call: Call, actor: User | Viewer, now: datetime | None = None
) -> Complaint:
    """Register the complaint, and settle the record of its call.

    Raises what ``services.calls`` raises, and ``IllegalMove`` where somebody else wrote
    the call down.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    work = _claimed(call.raw, viewer, moment)
    case = calls.file_call(filing=filing, call=call, actor=viewer, now=moment)
    if work is not None:
        _settle(work, Verdict(Intake.OPENED, complaint=case), viewer, Reason.ACCEPTED)
    return case


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
    """Add to a case what was said, and settle its record. Raises as above."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    work = _claimed(call.raw, viewer, moment)
    message = calls.add_call(
        complaint=complaint,
        text=text,
        call=call,
        channel=channel,
        actor=viewer,
        now=moment,
    )
    if work is not None:
        case = message.complaint
        verdict = Verdict(Intake.APPENDED, complaint=case, message=message)
        _settle(work, verdict, viewer, Reason.ATTACHED)
    return message


def _claimed(raw: RawMessage | None, viewer: Viewer, now: datetime) -> Work | None:
    if raw is None:
        return None
    if not viewer.holds(Perm.TRIAGE):
        raise NotPermitted
    if not claim(raw, source=Intake.HELD):
        raise IllegalMove
    inbound = way_of(PROVIDER).parse(bytes(raw.raw), raw.account)
    return Work(raw, inbound, now)


def _settle(work: Work, verdict: Verdict, viewer: Viewer, reason: str) -> None:
    keep(work, verdict, reason=reason, decided_by=viewer.user)
    named = {"raw": work.raw.pk, "raw_sha256": work.raw.raw_sha256}
    if verdict.complaint is not None:
        entry = ledger.Entry(f"held_{reason}", viewer, work.now, named)
        ledger.append(verdict.complaint.stream, entry)
