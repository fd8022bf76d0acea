"""Which promise fails: limits that fell due, and how many were kept."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from complaints.compliance.boards.base import Board, Ctx, count, percent, step_name
from complaints.compliance.days import DAY
from complaints.compliance.drawing import Picture
from complaints.compliance.page import Cell
from complaints.compliance.pictures import Stack, bars
from complaints.states import Step

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
