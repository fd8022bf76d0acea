"""What causes it, who acts on it, and who comes again."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.compliance.boards.base import (
    Board,
    Ctx,
    count,
    counted,
    month_name,
    percent,
    short,
    together,
)
from complaints.compliance.days import Days, month_of
from complaints.compliance.drawing import Picture
from complaints.compliance.page import Cell
from complaints.compliance.pictures import Series, Stack, bars, lines
from complaints.models import ImprovementAction
from complaints.models.cause import cause_labels
from complaints.states import CauseScope

FEW = 80
"""Per cent of all that the causes in full tone make together (Pareto)."""


class Cause(NamedTuple):
    """Cases of one cause; ``reached`` counts those of the causes above it as well."""

    code: str
    name: str
    n: int
    reached: int
    before: int
    systemic: int


def causes(ctx: Ctx) -> Board:
    """Root causes of what was upheld, most frequent first, and the period before."""
    rows = _causes(ctx)
    whole = sum(row.n for row in rows)
    acting = _actions(ctx)
    return Board(
        slug="causes",
        title=_("What causes it?"),
        say=_say_causes(rows, whole),
        definition=_(
            "Root cause at closing, before that the provisional one, of first decisions"
            " that upheld something; to the right the running share of all. Compared"
            " with as many days before."
        ),
        denominator=_("n %(n)s upheld in full or in part") % {"n": count(whole)},
        head=(
            *(_("Cause"), _("Cases"), _("Share"), _("Running share"), _("Systemic")),
            *(_("Period before"), _("Did it fall?"), _("Who acts on it")),
        ),
        body=tuple(
            _cause_line(ctx, row, whole, acting.get(row.code, _("nobody yet")))
            for row in rows
        ),
        draw=lambda width: _draw_causes(width, rows, whole),
        worded=2,
        trap=_(
            "A measure that is done is no improvement: only a cause that falls is one."
        ),
    )


def _causes(ctx: Ctx) -> list[Cause]:
    """The most frequent first."""
    first, last = ctx.asked.first, ctx.asked.last
    found, systemic = _counted(ctx, first, last)
    eve = first - timedelta(days=1)
    before, _systemic = _counted(ctx, eve - (last - first), eve)
    names = {**cause_labels(), "none": _("Not recorded")}
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    running = accumulate(n for _code, n in ordered)
    return [
        Cause(code, names.get(code, code), n, reached, before[code], systemic[code])
        for (code, n), reached in zip(ordered, running, strict=True)
    ]


def _counted(ctx: Ctx, first: date, last: date) -> "tuple[Counter[str], Counter[str]]":
    """By cause, and of them what is systemic."""
    found, systemic = Counter[str](), Counter[str]()
    sums = ctx.reader.sums("cause", "kind", "sub", first=first, last=last)
    for (kind, scope), n in sums.items():
        found[kind] += n
        if scope == CauseScope.SYSTEMIC:
            systemic[kind] += n
    return found, systemic


def _actions(ctx: Ctx) -> dict[str, str]:
    """Cause -> who does something about it, by when, and what came of it."""
    rows = ImprovementAction.objects.using(settings.READ_DATABASE)
    newest = rows.visible_to(ctx.viewer).select_related("owner").order_by("opened_at")
    return {row.cause: _action(row) for row in newest}


def _action(row: ImprovementAction) -> str:
    state, verdict = row.get_state_display(), row.get_verdict_display()
    return " · ".join(
        part for part in (str(row.owner), short(row.due_on), state, verdict) if part
    )


def _cause_line(ctx: Ctx, row: Cause, whole: int, acting: str) -> tuple[Cell, ...]:
    return (
        Cell(row.name),
        Cell(count(row.n), ctx.rows(fig="cause", kind=row.code)),
        Cell(percent(row.n, whole)),
        Cell(percent(row.reached, whole)),
        Cell(count(row.systemic)),
        Cell(count(row.before)),
        Cell(_moved(row)),
        Cell(acting),
    )


def _moved(row: Cause) -> str:
    if row.before == row.n:
        return _("as before")
    if not row.before:
        return _("new in this period")
    share = f"{100 * abs(row.n - row.before) / row.before:.0f}"
    if row.n < row.before:
        return _("fell by %(n)s %%") % {"n": share}
    return _("rose by %(n)s %%") % {"n": share}


def _draw_causes(width: int, rows: Sequence[Cause], whole: int) -> Picture:
    """In full tone the few that make most of it together."""
    stacks = []
    for row in rows:
        vital = (row.reached - row.n) * 100 < FEW * whole
        parts = (row.n,) if vital else (0, 0, 0, row.n)
        share = percent(row.reached, whole)
        stacks.append(Stack(row.name, parts, count(row.n), note=share))
    return bars(width, stacks)


def _say_causes(rows: Sequence[Cause], whole: int) -> str:
    if not whole:
        return _("Nothing was upheld in this period.")
    needed = 1 + sum(row.reached * 100 < FEW * whole for row in rows)
    words = ngettext(
        "%(n)d cause makes %(share)s of what was upheld.",
        "%(n)d causes make %(share)s of what was upheld.",
        needed,
    )
    said = words % {"n": needed, "share": percent(rows[needed - 1].reached, whole)}
    return together(said, _("The first one: %(moved)s.") % {"moved": _moved(rows[0])})


# Again --------------------------------------------------------------------------------


class Month(NamedTuple):
    """Received in a month from people new and not, and opened again in it."""

    days: Days
    first: int
    again: int
    reopened: int

    @property
    def received(self) -> int:
        return self.first + self.again


def again(ctx: Ctx) -> Board:
    """Who complained again within a year, and which cases were opened again."""
    rows = _months(ctx)
    received = sum(row.received for row in rows)
    return Board(
        slug="again",
        title=_("Was it solved?"),
        say=_say_again(rows, received),
        definition=_(
            "Complaints received from a customer who had complained in the 365 days"
            " before, second copies left out. Records are one customer only where they"
            " are proven to be one person. Reopened by month of reopening."
        ),
        denominator=_("n %(n)s received") % {"n": count(received)},
        head=(
            *(_("Month"), _("Received"), _("Complained again"), _("Share")),
            _("Reopened"),
        ),
        body=tuple(_month_line(ctx, row) for row in rows) if received else (),
        draw=lambda width: _draw_again(width, rows),
    )


def _months(ctx: Ctx) -> list[Month]:
    """Those of the period that have begun."""
    came = counted(ctx.reader.sums("again", "month", "kind"))
    back = counted(ctx.reader.sums("in", "month", "kind", kind="reopen"))
    return [
        Month(days, came[month]["first"], came[month]["again"], back[month]["reopen"])
        for days in ctx.asked.months()
        for month in [month_of(days.first)]
        if days.first <= ctx.today
    ]


def _say_again(rows: Sequence[Month], received: int) -> str:
    if not received:
        return _("Nothing was received in this period.")
    reopened = sum(row.reopened for row in rows)
    words = ngettext(
        "%(share)s came from people who had complained within a year; %(n)s case"
        " was opened again.",
        "%(share)s came from people who had complained within a year; %(n)s cases"
        " were opened again.",
        reopened,
    )
    share = percent(sum(row.again for row in rows), received)
    return words % {"share": share, "n": count(reopened)}


def _month_line(ctx: Ctx, row: Month) -> tuple[Cell, ...]:
    return (
        Cell(month_name(row.days.first)),
        Cell(count(row.received)),
        Cell(count(row.again), ctx.rows(row.days, fig="again", kind="again")),
        Cell(percent(row.again, row.received)),
        Cell(count(row.reopened), ctx.rows(row.days, fig="in", kind="reopen")),
    )


def _draw_again(width: int, rows: Sequence[Month]) -> Picture:
    newest = rows[-1]
    series = (
        Series(
            _("again %(n)s") % {"n": count(newest.again)},
            "l1",
            [row.again for row in rows],
        ),
        Series(
            _("reopened %(n)s") % {"n": count(newest.reopened)},
            "l2c",
            [row.reopened for row in rows],
        ),
    )
    names = [month_name(row.days.first) for row in rows]
    return lines(width, series, names, height=250)
