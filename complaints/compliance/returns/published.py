"""The figures that the public reads, of a whole year, from the same source as the page.

Only whole years: of two periods that overlap one could give away what the other hides.
"""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from complaints.compliance.returns.period import Period, parse
from complaints.compliance.returns.sheets import Cell, Return, Table
from complaints.selectors.published import Year, read

NAME = "public"
HIDDEN = "hidden"
NOTES = (
    _("Fewer than ten cases are hidden, and others with them where a sum would tell."),
    _("Decided: first decisions; rulings on appeals are not counted again."),
)


def is_year(period: Period) -> bool:
    year = parse(f"{period.first.year}")
    return (period.first, period.last) == (year.first, year.last)


def build(period: Period, cut_off: datetime) -> Return:
    """Raises ``ValueError`` of a period that is no whole year."""
    if not is_year(period):
        raise ValueError("public figures are of a whole year, such as 2026")
    year = read(min(period.until, cut_off), period.since)
    return Return(NAME, period, cut_off, tuple(_tables(year)), NOTES)


def _tables(year: Year) -> list[Table]:
    return [
        Table("totals", ("figure", "value"), _totals(year)),
        Table("months", ("month", "received"), _cells(year.months)),
        Table("topics", ("topic", "received"), _cells(year.topics)),
        Table("outcomes", ("outcome", "concluded"), _cells(year.outcomes)),
    ]


def _totals(year: Year) -> list[tuple[Cell, ...]]:
    shown = {
        "received": year.received,
        "decided": year.decided,
        "percent_upheld": year.upheld,
        "median_days": year.days,
    }
    return _cells(shown)


def _cells(cells: Mapping[str, int | None]) -> list[tuple[Cell, ...]]:
    return [(code, HIDDEN if n is None else n) for code, n in cells.items()]
