"""Limits in words: the chip of a case, and why a date is what it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from complaints import clocks, profiles, timing
from complaints.clocks import ClockError, Explanation, Limit, Reckoned
from complaints.models import Clock, Complaint
from complaints.profiles import limit_words
from complaints.selectors.sentences import day_of, moment_of
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
    day = day_of(until)
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


@dataclass(frozen=True)
class Reason:
    """One line of the arithmetic. ``kind`` is start, day, no (not counted) or sum."""

    kind: str
    words: str


def why(clock: Clock) -> tuple[Reason, ...]:
    """From its start to its date, in the reader's language; the sum comes last."""
    way = explanation(clock)
    if way is None:
        return ()
    lines = [_line(row) for row in way.rows]
    if way.left_out:
        more = ngettext("%(n)s more day", "%(n)s more days", way.left_out)
        lines.insert(-1, Reason("day", more % {"n": way.left_out}))
    if way.paused >= MINUTE:
        still = _("stood still for %(span)s, added at the end")
        lines.append(Reason("day", still % {"span": exact(way.paused)}))
    return (Reason("start", _start(way)), *lines, Reason("sum", _sum(way)))


def exact(span: timedelta) -> str:
    """A span with its minutes: "21 h 34 min"."""
    hours, rest = divmod(span, HOUR)
    minutes = rest // MINUTE
    if not hours:
        return _("%(n)s min") % {"n": minutes}
    words = _("%(n)s h") % {"n": hours}
    return words if not minutes else _("%(h)s %(n)s min") % {"h": words, "n": minutes}


def _start(way: Explanation) -> str:
    words = {"at": moment_of(way.start), "limit": limit_words(way.limit)}
    if not way.calendar:
        return _("From %(at)s: %(limit)s, plain time") % words
    calendar = {"calendar": way.calendar.replace("@", " v"), "zone": way.timezone}
    return _("From %(at)s: %(limit)s, calendar %(calendar)s (%(zone)s)") % (
        words | calendar
    )


def _sum(way: Explanation) -> str:
    total = sum((row.counted for row in way.rows), timedelta())
    words = {"at": moment_of(way.due_at), "span": exact(total)}
    if way.limit.unit == "business_hours":
        return _("%(span)s counted: due %(at)s") % words
    return _("Due %(at)s") % words


DAYS: Final = {
    "day_of_event": gettext_lazy("the day itself, not counted"),
    "after_hours": gettext_lazy("outside the hours"),
    "counted": gettext_lazy("counted"),
    "makeup": gettext_lazy("make-up work day, counted"),
    "holiday": gettext_lazy("holiday"),
    "closed": gettext_lazy("no hours"),
    "same_day": gettext_lazy("same day of the month"),
    "month_end": gettext_lazy("last day of the month"),
}


def _line(row: Reckoned) -> Reason:
    day = date_format(row.day, pgettext("date format", "j M"))
    words = str(DAYS[row.kind])
    if row.start and row.end:
        words = _span(row, words)
    elif row.nth:
        words = _("%(words)s (%(nth)s)") % {"words": words, "nth": row.nth}
    line = _("%(day)s: %(words)s") % {"day": day, "words": words}
    return Reason("no" if row.kind in NOT_COUNTED else "day", line)


NOT_COUNTED: Final = frozenset({"day_of_event", "after_hours", "holiday", "closed"})


def _span(row: Reckoned, words: str) -> str:
    """Between which hours of the day, and how long that is."""
    pattern = pgettext("date format", "H:i")
    bounds = [date_format(localtime(at), pattern) for at in (row.start, row.end) if at]
    parts = {"from": bounds[0], "to": bounds[1], "span": exact(row.counted)}
    span = _("%(from)s to %(to)s, %(span)s") % parts
    return span if row.kind == "counted" else f"{span} ({words})"
