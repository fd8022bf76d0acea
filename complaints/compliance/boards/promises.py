"""Which promise fails, how long it takes, and when people need us."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from statistics import fmean
from typing import NamedTuple

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from complaints.compliance.boards.base import (
    Board,
    Ctx,
    count,
    month_name,
    percent,
    step_name,
    together,
)
from complaints.compliance.days import DAY, Days, month_of
from complaints.compliance.drawing import Picture
from complaints.compliance.figures import RESTRICTED
from complaints.compliance.page import Cell
from complaints.compliance.pictures import Series, Stack, bars, heat, lines
from complaints.states import Channel, Step

PROMISED = 95
"""Per cent of limits that we mean to keep."""

MILESTONES = (
    Step.ACKNOWLEDGE,
    Step.ADMIT,
    Step.FIRST_ANSWER,
    Step.ANSWER_QUESTION,
    Step.INVESTIGATE,
    Step.DECIDE,
    Step.STATUTORY_DECISION,
    Step.EXECUTE_REMEDY,
    Step.APPEAL_RULE,
)
STATUTORY_DAYS = 60
"""Two months, as the line of the picture has it."""


class Promise(NamedTuple):
    """Limits of one step that fell due, by what became of them."""

    step: str
    kept: int
    late: int
    running: int

    @property
    def due(self) -> int:
        return self.kept + self.late + self.running

    @property
    def share(self) -> float:
        """Per cent that were kept."""
        return 100 * self.kept / self.due


def promises(ctx: Ctx) -> Board:
    """Of the limits that fell due, how many were kept; open and late ones count."""
    rows = _promises(ctx)
    due = sum(row.due for row in rows)
    return Board(
        slug="promises",
        title=_("Which promise fails?"),
        say=_say_promises(rows),
        definition=_(
            "Limits whose day lies in the period and is over. Late is what ended after"
            " its date or stands on the ledger as a breach; what is late and still open"
            " counts. A paused limit has no date."
        ),
        denominator=_("n %(n)s limits") % {"n": count(due)},
        head=(
            *(_("Step"), _("Fell due"), _("In time"), _("Late, done")),
            *(_("Late, open"), pgettext("share", "In time")),
        ),
        body=tuple(_promise_line(ctx, row) for row in rows),
        draw=lambda width: _draw_promises(width, rows),
    )


def last_due(last: date, today: date) -> date:
    """Limits of a day count when it is over, so that no figure moves by the hour."""
    return min(last, today - DAY)


def _promises(ctx: Ctx) -> list[Promise]:
    last = last_due(ctx.asked.last, ctx.today)
    found = ctx.reader.sums("due", "kind", "sub", last=last)
    became = ("kept", "late", "running")
    rows = [
        Promise(step.value, *(found[step.value, word] for word in became))
        for step in MILESTONES
    ]
    return [row for row in rows if row.due]


def _promise_line(ctx: Ctx, row: Promise) -> tuple[Cell, ...]:
    return (
        Cell(step_name(row.step)),
        Cell(count(row.due)),
        Cell(count(row.kept), ctx.rows(fig="due", kind=row.step, sub="kept")),
        Cell(count(row.late), ctx.rows(fig="due", kind=row.step, sub="late")),
        Cell(count(row.running), ctx.rows(fig="due", kind=row.step, sub="running")),
        Cell(percent(row.kept, row.due)),
    )


def _draw_promises(width: int, rows: Sequence[Promise]) -> Picture:
    stacks = []
    for row in rows:
        numbers = (row.kept, row.late, row.running)
        parts = tuple(100 * n / row.due for n in numbers)
        stacks.append(Stack(step_name(row.step), parts, percent(row.kept, row.due)))
    names = (_("in time"), _("late, done"), _("late and still open"))
    goal = (float(PROMISED), _("promise %(n)d %%") % {"n": PROMISED})
    return bars(width, stacks, names, most=100, target=goal)


def _say_promises(rows: Sequence[Promise]) -> str:
    if not rows:
        return _("No limit fell due in this period.")
    worst = min(rows, key=lambda row: row.share)
    if worst.share >= PROMISED:
        return _("None: each limit was kept in at least %(n)d %% of cases.") % {
            "n": PROMISED
        }
    failed = sum(row.share < PROMISED for row in rows)
    return _(
        "%(step)s most: %(share)s in time against a promise of %(promise)d %%."
        " %(failed)d of %(all)d steps are below it."
    ) % {
        "step": step_name(worst.step),
        "share": percent(worst.kept, worst.due),
        "promise": PROMISED,
        "failed": failed,
        "all": len(rows),
    }


# Time ---------------------------------------------------------------------------------


class Month(NamedTuple):
    """Decided in a month, and the days within which half and nine in ten were."""

    days: Days
    n: int
    half: int | None
    most: int | None


def how_long(ctx: Ctx) -> Board:
    """Within how many days half and nine in ten got their decision, by month."""
    taken = _taken(ctx)
    rows = [_month(days, taken[month_of(days.first)]) for days in ctx.asked.months()]
    whole = sum(taken.values(), Counter[int]())
    return Board(
        slug="how-long",
        title=_("How long does it take?"),
        say=_say_how_long(whole),
        definition=_(
            "Days from receipt to the first decision, by month of decision; a begun day"
            " counts whole. Reopened cases keep their first start."
        ),
        denominator=_("n %(n)s decided") % {"n": count(whole.total())},
        head=(_("Month"), _("Decided"), _("Half within"), _("Nine in ten within")),
        body=tuple(_month_line(ctx, row) for row in rows) if whole else (),
        draw=lambda width: _draw_how_long(width, rows),
        trap=_("No mean: a few very long cases would hide behind many short ones."),
    )


def _taken(ctx: Ctx) -> "dict[date, Counter[int]]":
    """Decisions by the days they took, of each month."""
    found: defaultdict[date, Counter[int]] = defaultdict(Counter)
    for (month, number), n in ctx.reader.sums("took", "month", "number").items():
        found[month][number] += n
    return found


def _month(days: Days, taken: "Counter[int]") -> Month:
    return Month(days, taken.total(), within(taken, 50), within(taken, 90))


def _say_how_long(whole: "Counter[int]") -> str:
    if not whole:
        return _("Nothing was decided in this period.")
    return _("Half of all decisions within %(half)s, nine in ten within %(most)s.") % {
        "half": _in_days(within(whole, 50)),
        "most": _in_days(within(whole, 90)),
    }


def _month_line(ctx: Ctx, row: Month) -> tuple[Cell, ...]:
    return (
        Cell(month_name(row.days.first)),
        Cell(count(row.n), ctx.rows(row.days, fig="took")),
        Cell(_in_days(row.half)),
        Cell(_in_days(row.most)),
    )


def _draw_how_long(width: int, rows: Sequence[Month]) -> Picture:
    half, most = [row.half for row in rows], [row.most for row in rows]
    series = (
        Series(_("9 in 10: %(n)s d") % {"n": _newest(most)}, "l2c", most),
        Series(_("half: %(n)s d") % {"n": _newest(half)}, "l1", half),
    )
    goal = (float(STATUTORY_DAYS), _("by law"))
    names = [month_name(row.days.first) for row in rows]
    return lines(width, series, names, target=goal, height=250)


def _newest(numbers: Sequence[int | None]) -> str:
    known = [number for number in numbers if number is not None]
    return str(known[-1]) if known else "-"


def within(days: "Counter[int]", share: int) -> int | None:
    """The smallest number of days within which ``share`` per cent were done."""
    whole, so_far = sum(days.values()), 0
    for number in sorted(days):
        so_far += days[number]
        if so_far * 100 >= whole * share:
            return number
    return None


def _in_days(number: int | None) -> str:
    return _("none") if number is None else _("%(n)d d") % {"n": number}


# Hours --------------------------------------------------------------------------------


def hours(ctx: Ctx) -> Board:
    """Received by weekday and hour, in UTC or in the reader's own time; by channel."""
    cells = _week(ctx)
    received = sum(map(sum, cells))
    names = [str(name) for name in WEEKDAYS_ABBR.values()]
    days = list(zip(names, cells, strict=True))
    body = (*((Cell(name), *_numbers(row)) for name, row in days), *_by_channel(ctx))
    heads = [f"{hour:02}" for hour in range(24)]
    return Board(
        slug="hours",
        title=_("When do people need us?"),
        say=_say_hours(cells),
        definition=_(
            "Complaints received, by weekday and hour in %(zone)s; below them by"
            " channel and hour. The stronger the cell, the more."
        )
        % {"zone": zone_name(ctx.offset)},
        denominator=_("n %(n)s received") % {"n": count(received)},
        head=(_("Day or channel"), *heads),
        body=body if received else (),
        draw=lambda width: heat(width, days, heads),
        wide=True,
    )


def _week(ctx: Ctx) -> list[list[int]]:
    """Received by weekday, from Monday, and hour."""
    cells = [[0] * 24 for _day in range(7)]
    for (number,), n in ctx.reader.sums("arrived", "number").items():
        day, hour = divmod((number + ctx.offset) % 168, 24)
        cells[day][hour] += n
    return cells


def zone_name(offset: int) -> str:
    return f"UTC{offset:+d}" if offset else "UTC"


def _by_channel(ctx: Ctx) -> list[tuple[Cell, ...]]:
    found = ctx.reader.sums("channel", "channel", "number")
    rows = []
    for code, label in (*Channel.choices, (RESTRICTED, _("Restricted"))):
        numbers = [found[code, (hour - ctx.offset) % 24] for hour in range(24)]
        if any(numbers):
            query = "" if code == RESTRICTED else ctx.rows(fig="channel", channel=code)
            rows.append((Cell(str(label), query), *_numbers(numbers)))
    return rows


def _numbers(row: Sequence[int]) -> Iterator[Cell]:
    return (Cell(count(n)) for n in row)


def _say_hours(cells: list[list[int]]) -> str:
    """The busiest three hours of the week's days taken together."""
    whole = sum(map(sum, cells))
    if not whole:
        return _("Nothing was received in this period.")
    by_hour = [sum(day[hour] for day in cells) for hour in range(24)]
    best = max(range(22), key=lambda hour: sum(by_hour[hour : hour + 3]))
    day = max(range(7), key=lambda place: sum(cells[place]))
    even = fmean(map(sum, cells))
    words = _("Most between %(from)02d:00 and %(to)02d:00 (%(share)s of the day).") % {
        "from": best,
        "to": best + 3,
        "share": percent(sum(by_hour[best : best + 3]), whole),
    }
    if sum(cells[day]) > 1.15 * even:
        busiest = _("The busiest day is %(day)s.") % {"day": WEEKDAYS[day]}
        return together(words, busiest)
    return words
