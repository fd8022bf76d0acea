"""The delay notice: a reason, and one new day on which the decision comes."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import clocks, ledger, profiles
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import Clock, Complaint, Letter
from complaints.notifications import send_letter
from complaints.permissions import Viewer, as_viewer, handler_or_lead
from complaints.states import WORKING_STATES, LetterKind, Step
from complaints.transitions import FARTHEST

if TYPE_CHECKING:
    from teams.models import User

REASON_LIMIT = 5_000
LEAST_REASON = 20


def send_delay_notice(
    *,
    complaint: Complaint,
    reason: str,
    new_date: date,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Letter:
    """Tell the customer what keeps the decision and on which day it comes.

    ``reason`` is the exceptional situation in plain words (RTS 2025/294 Art 6(3));
    ``new_date`` a day after today. Each further delay needs another notice. The
    statutory clock goes on and a miss stays a miss. Raises ``NotVisible``,
    ``NotPermitted``, ``IllegalMove`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_allowed(complaint, viewer)
    clock = _running(complaint)
    profile = profiles.by_key(complaint.profile_key)
    due = clocks.last_day(clock.due_at, profile.timezone)
    day = new_date.date() if isinstance(new_date, datetime) else new_date
    _check(reason, day, clocks.local_day(moment, profile.timezone), due)
    return _send(complaint, reason.strip(), day, due, viewer, moment)


def _ask_allowed(complaint: Complaint, viewer: Viewer) -> None:
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
    if not handler_or_lead(complaint, viewer):
        raise NotPermitted


def _running(complaint: Complaint) -> Clock:
    """The clock of the law; where none runs, no decision is owed."""
    clock = Clock.objects.filter(
        complaint=complaint, step=Step.STATUTORY_DECISION, stopped_at=None
    ).first()
    if clock is None or complaint.state not in WORKING_STATES:
        raise IllegalMove
    return clock


def _check(reason: str, day: date, today: date, due: date) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise InvalidInput(
            _("Say which exceptional situation keeps the decision."), field="reason"
        )
    if len(reason) > REASON_LIMIT:
        raise InvalidInput(
            _("This is longer than fits into the letter (5,000 characters)."),
            field="reason",
            code="too_long",
        )
    if day <= max(today, due):
        raise InvalidInput(
            _("Choose a day that is still to come and later than the limit."),
            field="new_date",
        )
    if day > today + FARTHEST:
        raise InvalidInput(_("Choose a date within ten years."), field="new_date")


@transaction.atomic
def _send(
    complaint: Complaint,
    reason: str,
    day: date,
    due: date,
    viewer: Viewer,
    now: datetime,
) -> Letter:
    event = ledger.append(
        complaint.stream,
        ledger.Entry(
            "delay_notice",
            viewer,
            now,
            {"new_date": day, "due": due},
            {"reason": reason},
            customer_texts=frozenset({"reason"}),
        ),
    )
    return send_letter(
        LetterKind.DELAY,
        complaint,
        {"reasons": reason, "new_date": day, "decide_by": due},
        cause=f"{event.stream}#{event.seq}",
        now=now,
    )
