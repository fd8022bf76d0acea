"""What an alarm says, whose it is, and the answer to it: an incident, or a reason."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import Alarm, AlarmKind, Complaint, Incident, RootCause
from complaints.permissions import Viewer, as_viewer
from complaints.selectors.causes import closed_under
from complaints.services.incidents import may_open
from complaints.states import Barrier, Channel
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

REASON_LIMIT = 300


def record(alarm: Alarm, what: str, viewer: Viewer, now: datetime) -> None:
    """An event on the day's stream of the desk; inside a transaction."""
    facts = {"alarm": alarm.pk, "cell": alarm.cell, "count": alarm.count}
    ledger.append_of_day(ledger.Entry(what, viewer, now, facts))


def words_of(alarm: Alarm) -> str:
    """What an alarm says, in the language in force."""
    if alarm.kind == AlarmKind.RECURRENCE:
        return gettext(
            "“%(cause)s”: %(count)s cases were closed under it within %(days)s days; "
            "the list says to look from %(from)s on."
        ) % {
            "cause": what_of(alarm),
            "count": alarm.count,
            "days": alarm.figures.get("days", ""),
            "from": alarm.figures.get("from", ""),
        }
    return gettext(
        "%(what)s: %(count)s complaints within seven days; in the eight weeks before "
        "it was %(usual)s a week."
    ) % {
        "what": what_of(alarm),
        "count": alarm.count,
        "usual": alarm.figures.get("usual", ""),
    }


def what_of(alarm: Alarm) -> str:
    """The cause, or the cell: "Withdrawals, USDT, E-mail"."""
    if alarm.kind == AlarmKind.RECURRENCE:
        row = RootCause.objects.filter(code=alarm.cause).first()
        return row.label if row else alarm.cause
    parts = [alarm.category.label if alarm.category else "", alarm.asset]
    if alarm.channel:
        parts.append(str(Channel(alarm.channel).label))
    return ", ".join(part for part in parts if part)


def open_alarms(viewer: Viewer) -> "QuerySet[Alarm]":
    rows = Alarm.objects.visible_to(viewer).filter(answered_at=None)
    return rows.select_related("category", "team")


@transaction.atomic
def answer(
    *,
    alarm: Alarm,
    actor: "User | Viewer",
    incident: Incident | None = None,
    reason: str = "",
    now: datetime | None = None,
) -> None:
    """Say what it is: an incident, or nothing, with the reason.

    Raises ``NotVisible``, ``NotPermitted``, ``InvalidInput`` without either, and
    ``IllegalMove`` where it is answered already.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not Alarm.objects.visible_to(viewer).filter(pk=alarm.pk).exists():
        raise NotVisible
    if not may_answer(alarm, viewer):
        raise NotPermitted
    if incident is None and not reason.strip():
        words = _("Say why this is no incident.")
        raise InvalidInput(words, field="reason", code="empty")
    mine = Alarm.objects.filter(pk=alarm.pk, answered_at=None)
    if not mine.update(
        answered_at=moment,
        answered_by=viewer.user,
        incident=incident,
        reason=reason.strip()[:REASON_LIMIT],
    ):
        raise IllegalMove(_("Somebody has answered this alarm already."))
    record(alarm, "alarm_answered", viewer, moment)


def may_answer(alarm: Alarm, viewer: Viewer) -> bool:
    """Whoever may open an incident of its team, and compliance."""
    return may_open(viewer, alarm.team) or viewer.holds(Perm.SIGN_COMPLIANCE)


def cases_of(alarm: Alarm, viewer: Viewer) -> "QuerySet[Complaint]":
    """The cases it counted, of those the viewer sees."""
    rows = Complaint.objects.visible_to(viewer).filter(barrier=Barrier.NONE)
    if alarm.kind == AlarmKind.RECURRENCE:
        closed = closed_under(alarm.cause, alarm.since, alarm.until)
        return rows.filter(pk__in=closed.values("object_id"))
    rows = rows.filter(received_at__gt=alarm.since, received_at__lte=alarm.until)
    topic = alarm.category_id
    rows = rows.filter(category=topic) | rows.filter(category__parent=topic)
    named = {"asset": alarm.asset, "channel": alarm.channel}
    return rows.filter(**{name: value for name, value in named.items() if value})
