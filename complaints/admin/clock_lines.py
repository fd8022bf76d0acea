"""The clocks of a case as its rail shows them: chip, what it is, why this date."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from complaints.clocks import ClockError, Limit
from complaints.models import Clock, Complaint
from complaints.selectors.sla import Chip, Reason, clock_chip, length, why
from complaints.states import ClockKind

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class ClockLine:
    """``rows`` say day by day how the date came about; empty where none was counted."""

    clock: Clock
    chip: Chip
    words: str
    rows: tuple[Reason, ...]


def clock_lines(case: Complaint, now: datetime) -> list[ClockLine]:
    """The running and paused clocks of a case, the first due first."""
    rows = case.running_clocks()
    return [ClockLine(c, clock_chip(c, now), _words(c), why(c)) for c in rows]


def _words(clock: Clock) -> str:
    """Kind, date, limit, calendar and pauses in one line."""
    date = date_format(localtime(clock.due_at), pgettext("date format", "j F Y, H:i"))
    parts = [str(clock.get_kind_display()), date]
    parts += _limit_words(clock.limit)
    if clock.calendar:
        parts.append(clock.calendar.replace("@", " v"))
    if clock.paused_total >= MINUTE:
        parts.append(_("paused %(span)s") % {"span": length(clock.paused_total)})
    if clock.kind == ClockKind.STATUTORY:
        parts.append(_("nothing pauses it"))
    return " · ".join(parts)


def _limit_words(text: str) -> list[str]:
    try:
        limit = Limit.parse(text)
    except ClockError:
        return []
    n = limit.amount
    words = {
        "hours": ngettext("%(n)s hour", "%(n)s hours", n),
        "business_hours": ngettext("%(n)s working hour", "%(n)s working hours", n),
        "business_days": ngettext("%(n)s working day", "%(n)s working days", n),
        "calendar_days": ngettext("%(n)s calendar day", "%(n)s calendar days", n),
        "calendar_months": ngettext("%(n)s month", "%(n)s months", n),
    }
    return [words[limit.unit] % {"n": n}]
