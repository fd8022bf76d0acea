"""What breaks next: open complaints by age, and money at risk among them."""

from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.compliance.boards.base import Board, Ctx, count
from complaints.compliance.days import Days
from complaints.compliance.page import Cell
from complaints.compliance.pictures import Stack, columns
from complaints.compliance.rollup.read import BEGINNING, Sums

AGES = ((0, 3), (4, 15), (16, 35), (36, 56), (57, None))
"""Days since receipt, both ends included; the last one has no end."""


def ageing(ctx: Ctx) -> Board:
    """Open complaints by days since receipt; those that wait for the customer apart."""
    rows = _by_age(ctx, "open")
    sizes = [row.n["ours"] + row.n["customer"] for row in rows]
    return Board(
        slug="ageing",
        title=_("What breaks next?"),
        say=_("Past eight weeks: %(old)s. Within three weeks of them: %(near)s.")
        % {"near": count(sizes[-2]), "old": count(sizes[-1])},
        definition=_(
            "Complaints in which staff owe the next step, by days since receipt by any"
            " channel, as it stands now whatever the period."
        ),
        denominator=_("n %(n)s open") % {"n": count(sum(sizes))},
        head=(_("Age"), _("With us"), _("Waiting for the customer"), _("Together")),
        body=tuple(
            (*_aged_cells(ctx, row, "open", "ours", "customer"), Cell(count(size)))
            for row, size in zip(rows, sizes, strict=True)
        ),
        draw=lambda width: columns(
            width,
            [
                Stack(row.name, (row.n["ours"], row.n["customer"]), count(size))
                for row, size in zip(rows, sizes, strict=True)
            ],
            (_("with us"), _("waiting for the customer")),
        ),
    )


class Age(NamedTuple):
    """Numbers by kind of what is of one age; ``place`` is that in ``AGES``."""

    place: int
    name: str
    n: "Counter[str]"


def _by_age(ctx: Ctx, measure: str) -> list[Age]:
    """What stands now, youngest first."""
    rows = [Age(place, age_name(*ends), Counter()) for place, ends in enumerate(AGES)]
    for (day, kind), n in standing(ctx, measure).items():
        age = (ctx.today - day).days
        place = sum(high is not None and high < age for _low, high in AGES)
        rows[place].n[kind] += n
    return rows


def standing(ctx: Ctx, measure: str) -> Sums:
    """What stands now, by day of receipt and kind."""
    return ctx.reader.sums(
        measure, "start", "kind", daily=True, first=BEGINNING, last=ctx.today
    )


def _aged_cells(ctx: Ctx, row: Age, measure: str, *kinds: str) -> tuple[Cell, ...]:
    """The age, and the numbers of these kinds with the cases behind them."""

    def numbered(kind: str) -> Cell:
        query = ctx.rows(fig=measure, kind=kind, age=str(row.place))
        return Cell(count(row.n[kind]), query)

    return (Cell(row.name), *map(numbered, kinds))


def age_days(place: int, today: date) -> Days:
    """The days of receipt of one age."""
    low, high = AGES[place]
    oldest = BEGINNING if high is None else today - timedelta(days=high)
    return Days(oldest, today - timedelta(days=low))


def age_name(low: int, high: int | None) -> str:
    if high is None:
        return _("over %(n)d d") % {"n": low - 1}
    return _("%(low)d to %(high)d d") % {"low": low, "high": high}


def at_risk(ctx: Ctx) -> Board:
    """Open complaints with money or access at risk, by age."""
    rows = _by_age(ctx, "flag")
    risky = sum(row.n["at_risk"] for row in rows)
    return Board(
        slug="at-risk",
        title=_("Who may come to harm?"),
        say=_say_at_risk(risky, risky - rows[0].n["at_risk"]),
        definition=_(
            "Open complaints marked in triage as money or access at risk, and those of"
            " the highest severity, by days since receipt, as it stands now. Care"
            " markers of customers are read on the case alone."
        ),
        denominator=_("n %(n)s at risk") % {"n": count(risky)},
        head=(_("Age"), _("Money or access at risk"), _("Critical severity")),
        body=tuple(
            _aged_cells(ctx, row, "flag", "at_risk", "critical") for row in rows
        ),
        draw=lambda width: columns(
            width,
            [
                Stack(row.name, (row.n["at_risk"],), count(row.n["at_risk"]))
                for row in rows
            ],
            (),
        ),
        trap=_("Each view of the cases behind it is on the ledger."),
    )


def _say_at_risk(risky: int, old: int) -> str:
    words = ngettext(
        "%(n)s open complaint has money or access at risk; %(old)s for more than"
        " three days.",
        "%(n)s open complaints have money or access at risk; %(old)s for more than"
        " three days.",
        risky,
    )
    return words % {"n": count(risky), "old": count(old)}
