"""Are we keeping up: what came, what left, what is open."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.compliance.boards.base import Board, Ctx, count, counted, short
from complaints.compliance.days import DAY, Days
from complaints.compliance.drawing import Picture
from complaints.compliance.page import Cell
from complaints.compliance.pictures import Series, lines
from complaints.compliance.rollup.read import BEGINNING


class Week(NamedTuple):
    """What came, came back and left in a week, and what was open at its end."""

    days: Days
    received: int
    back: int
    left: int
    open: int


def keeping_up(ctx: Ctx) -> Board:
    """What came in, what left, and what was open at the end of each week."""
    rows = _weeks(ctx)
    return Board(
        slug="keeping-up",
        title=_("Are we keeping up?"),
        say=_say_flow(rows),
        definition=_(
            "Received by any channel; came back by appeal, reopening or return to us;"
            " left when staff had nothing more to do; open at the end of the week."
        ),
        denominator=_("n %(in)s received, %(out)s left")
        % {
            "in": count(sum(row.received for row in rows)),
            "out": count(sum(row.left for row in rows)),
        },
        head=(_("Week from"), _("Received"), _("Came back"), _("Left"), _("Open")),
        body=tuple(_week_line(ctx, row) for row in rows),
        draw=lambda width: _draw_flow(width, rows),
        wide=True,
        trap=_("Few complaints can mean that people do not find the way to us."),
    )


def _weeks(ctx: Ctx) -> list[Week]:
    """Those of the period that have begun."""
    first, last = ctx.asked.first, min(ctx.asked.last, ctx.today)
    if first > last:
        return []
    came = counted(ctx.reader.sums("in", "week", "kind", last=last, daily=True))
    left = counted(ctx.reader.sums("out", "week", last=last, daily=True))
    open_now, rows = _open_before(ctx, first), []
    for days in Days(first, last).weeks():
        week = days.first - days.first.weekday() * DAY
        received = came[week]["received"]
        back, gone = came[week].total() - received, left[week].total()
        open_now += received + back - gone
        rows.append(Week(days, received, back, gone, open_now))
    return rows


def _open_before(ctx: Ctx, day: date) -> int:
    came = ctx.reader.sums("in", first=BEGINNING, last=day - DAY)
    left = ctx.reader.sums("out", first=BEGINNING, last=day - DAY)
    return came[()] - left[()]


def _week_line(ctx: Ctx, row: Week) -> tuple[Cell, ...]:
    return (
        Cell(short(row.days.first)),
        Cell(count(row.received), ctx.rows(row.days, fig="in", kind="received")),
        Cell(count(row.back), ctx.rows(row.days, fig="in", kind="back")),
        Cell(count(row.left), ctx.rows(row.days, fig="out")),
        Cell(count(row.open)),
    )


def _draw_flow(width: int, rows: Sequence[Week]) -> Picture:
    newest = rows[-1]
    series = (
        Series(
            _("Open %(n)s") % {"n": count(newest.open)},
            "l3",
            [row.open for row in rows],
        ),
        Series(
            _("Left %(n)s") % {"n": count(newest.left)},
            "l2c",
            [row.left for row in rows],
        ),
        Series(
            _("Received %(n)s") % {"n": count(newest.received)},
            "l1",
            [row.received for row in rows],
        ),
    )
    return lines(width, series, [short(row.days.first) for row in rows])


def _say_flow(rows: Sequence[Week]) -> str:
    if not rows:
        return _("Nothing was reckoned for this period.")
    change = sum(row.received + row.back - row.left for row in rows)
    if not change:
        return _("As many are open as at the beginning.")
    if change > 0:
        words = ngettext(
            "No: %(n)s complaint more is open than at the beginning.",
            "No: %(n)s complaints more are open than at the beginning.",
            change,
        )
    else:
        words = ngettext(
            "Yes: %(n)s complaint fewer is open than at the beginning.",
            "Yes: %(n)s complaints fewer are open than at the beginning.",
            -change,
        )
    return words % {"n": count(abs(change))}
