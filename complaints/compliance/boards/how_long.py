"""How long it takes from receipt to the first decision."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from complaints.compliance.boards.base import Board, Ctx, count, month_name
from complaints.compliance.days import Days, month_of
from complaints.compliance.drawing import Picture
from complaints.compliance.page import Cell
from complaints.compliance.pictures import Series, lines

STATUTORY_DAYS = 60
"""Two months, as the line of the picture has it."""


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
