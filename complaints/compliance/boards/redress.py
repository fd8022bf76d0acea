"""What it cost: money of decisions, by asset, and what became of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from complaints.compliance.boards.base import Board, Ctx, count
from complaints.compliance.drawing import Picture
from complaints.compliance.figures import RESTRICTED
from complaints.compliance.page import Cell
from complaints.compliance.pictures import Stack, bars
from complaints.compliance.rollup.sums import Money
from complaints.profiles.base import REPORTING_CURRENCY
from complaints.templatetags.look import amount

BECAME = ("paid", "pending", "not_taken", "reversed")


@dataclass(frozen=True)
class Line:
    """Money in one asset, valued in one currency, by what became of it."""

    asset: str
    unit: str
    by: dict[str, Money]

    @property
    def name(self) -> str:
        return _("Restricted") if self.asset == RESTRICTED else self.asset

    @property
    def worth(self) -> Decimal:
        """The value of what was or may still be paid."""
        return self.by["paid"].value + self.by["pending"].value


def redress(ctx: Ctx) -> Board:
    """What was decided in money, by asset, at the value of the day of decision."""
    lines = _lines(ctx)
    remedies = sum(money.n for line in lines for money in line.by.values())
    return Board(
        slug="redress",
        title=_("What did it cost?"),
        say=_say(lines),
        definition=_(
            "Money of decisions that went out in the period, in the asset and at its"
            " value on the day of the decision. Pending is offered or not yet paid;"
            " what the customer did not take is apart. Two people signed every row."
        ),
        denominator=_("n %(n)s remedies") % {"n": count(remedies)},
        head=(
            *(_("Asset"), _("Paid"), _("Pending"), _("Not taken"), _("Taken back")),
            *(_("Value, paid"), _("Value, pending")),
        ),
        body=tuple(_row(ctx, line) for line in lines),
        draw=lambda width: _draw(width, lines),
        wide=True,
    )


def _lines(ctx: Ctx) -> list[Line]:
    """Most worth first."""
    by: dict[tuple[str, str], dict[str, Money]] = {}
    for (asset, unit, became), money in ctx.reader.money("kind", "unit", "sub").items():
        by.setdefault((asset, unit), defaultdict(Money))[became] = money
    lines = [Line(asset, unit, found) for (asset, unit), found in by.items()]
    return sorted(lines, key=lambda line: (-line.worth, line.asset, line.unit))


def _say(lines: Sequence[Line]) -> str:
    units = sorted({line.unit for line in lines})
    return _("Paid %(paid)s, pending %(pending)s, taken back %(back)s %(unit)s.") % {
        "paid": _valued(lines, "paid"),
        "pending": _valued(lines, "pending"),
        "back": _valued(lines, "reversed"),
        "unit": ", ".join(units) or REPORTING_CURRENCY,
    }


def _valued(lines: Sequence[Line], became: str) -> str:
    return amount(sum((line.by[became].value for line in lines), Decimal(0)))


def _row(ctx: Ctx, line: Line) -> tuple[Cell, ...]:
    return (
        Cell(line.name),
        *(_amount(ctx, line, became) for became in BECAME),
        *(Cell(f"{amount(line.by[one].value)} {line.unit}") for one in BECAME[:2]),
    )


def _amount(ctx: Ctx, line: Line, became: str) -> Cell:
    if line.asset == RESTRICTED:
        # Amounts of different assets are no sum.
        return Cell(_("hidden"))
    money = line.by[became]
    query = ctx.rows(fig="money", kind=line.asset, sub=became) if money.n else ""
    return Cell(amount(money.amount), query)


def _draw(width: int, lines: Sequence[Line]) -> Picture:
    stacks = [
        Stack(
            line.name,
            tuple(float(line.by[became].value) for became in BECAME[:2]),
            f"{line.worth:,.0f} {line.unit}",
        )
        for line in lines
    ]
    return bars(width, stacks, (_("paid"), _("pending")))
