"""Limits in words: the chip of a case, and why a date is what it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from complaints import clocks, profiles, timing
from complaints.clocks import ClockError, Explanation, Limit, Reckoned
from complaints.models import Clock, Complaint
from complaints.states import DECIDED_STATES, FINAL_STATES, State, Step

SOON: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Chip:
    """``kind`` is one of late, soon, normal, paused, done: see ``sla_chip.html``."""

    kind: str
    words: str


def length(span: timedelta) -> str:
    """The largest whole unit of a span: "3 d", "5 h", "12 min"; at least a minute."""
    if span >= DAY:
        return _("%(n)s d") % {"n": span // DAY}
    if span >= HOUR:
        return _("%(n)s h") % {"n": span // HOUR}
    return _("%(n)s min") % {"n": max(span // MINUTE, 1)}


def left(due_at: datetime, now: datetime) -> Chip:
    """How much is left, or how long it is overdue; soon is the last 24 hours."""
    if clocks.is_late(now, due_at):
        return Chip("late", _("overdue %(span)s") % {"span": length(now - due_at)})
    kind = "soon" if due_at - now <= SOON else "normal"
    return Chip(kind, _("%(span)s left") % {"span": length(due_at - now)})


def chip(complaint: Complaint, now: datetime) -> Chip:
    """The chip of a case in a list: "Decide: overdue 1 d", "Paused until 1 Dec".

    Reads only columns of the row.
    """
    if complaint.next_due_at is None:
        settled = complaint.state in FINAL_STATES | DECIDED_STATES
        words = str(complaint.public_label.label) if settled else _("No limit runs")
        return Chip("done" if settled else "normal", words)
    waits = complaint.state == State.AWAITING_CUSTOMER
    if waits and complaint.next_due_step == Step.ANSWER_CUSTOMER:
        return _paused(complaint.next_due_at, now)
    rest = left(complaint.next_due_at, now)
    step = Step(complaint.next_due_step).label
    return Chip(rest.kind, _("%(step)s: %(left)s") % {"step": step, "left": rest.words})


def _paused(until: datetime, now: datetime) -> Chip:
    """The customer's time; when it is over the next scan goes on with the case."""
    if clocks.is_late(now, until):
        return Chip("soon", _("No answer came"))
    day = date_format(localtime(until), pgettext("date format", "j M"))
    return Chip("paused", _("Paused until %(day)s") % {"day": day})


def clock_chip(clock: Clock, now: datetime) -> Chip:
    """The chip of one clock."""
    if clock.stopped_at is not None:
        return Chip("done", _("done"))
    if clock.paused_at is not None:
        return Chip("paused", _("paused"))
    return left(clock.due_at, now)


# Why this date ------------------------------------------------------------------------


def explanation(clock: Clock) -> Explanation | None:
    """The way from its start to its date; None where nothing was counted.

    A paused clock has no date yet, and one whose date somebody chose (the customer's
    answer) was not reckoned.
    """
    if clock.paused_at is not None or not clock.limit:
        return None
    try:
        limit = Limit.parse(clock.limit)
        calendar = timing.calendar_by_key(clock.calendar)
        zone = profiles.by_key(clock.complaint.profile_key).timezone
        return clocks.explain(
            clock.started_at, limit, calendar, zone, clock.paused_total
        )
    except ClockError:
        return None


def why(clock: Clock) -> tuple[str, ...]:
    """Line by line why a limit ends when it does, in the reader's language."""
    way = explanation(clock)
    if way is None:
        return ()
    lines = [_line(row) for row in way.rows]
    if way.left_out:
        lines.insert(-1, _("%(n)s more days") % {"n": way.left_out})
    if way.paused >= MINUTE:
        lines.append(_("stood still for %(span)s") % {"span": length(way.paused)})
    return tuple(lines)


def _line(row: Reckoned) -> str:
    day = date_format(row.day, pgettext("date format", "j M"))
    words = {
        "day_of_event": _("the day itself, not counted"),
        "after_hours": _("outside the hours"),
        "counted": _("counted"),
        "makeup": _("make-up work day, counted"),
        "holiday": _("holiday"),
        "closed": _("no hours"),
        "same_day": _("same day of the month"),
        "month_end": _("last day of the month"),
    }[row.kind]
    if row.nth:
        words = _("%(words)s (%(nth)s)") % {"words": words, "nth": row.nth}
    return _("%(day)s: %(words)s") % {"day": day, "words": words}
