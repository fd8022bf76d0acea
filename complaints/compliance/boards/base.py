"""What a board is: a question, its answer, pictures, a table, and what was counted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from complaints.compliance.asked import Asked
from complaints.compliance.drawing import Picture
from complaints.compliance.rollup.read import Reader
from complaints.models import Category
from complaints.permissions import Viewer
from complaints.states import Outcome, Step
from teams.models import Team

SMALLEST = 10
"""Rates over fewer cases are hidden: one person more or less would move them."""

WIDE, HALF, PHONE = 1120, 540, 330
"""Widths in pixels that pictures are drawn at."""


@dataclass(frozen=True)
class Ctx:
    """Who asks what, and the reader of the sums. ``offset`` is in whole hours."""

    asked: Asked
    viewer: Viewer
    now: datetime
    reader: Reader
    offset: int = 0

    @property
    def as_of(self) -> datetime:
        return self.reader.as_of or self.now

    @property
    def today(self) -> date:
        return self.as_of.date()

    def rows(self, **others: str) -> str:
        """The query of the cases behind a number."""
        kept = {k: v for k, v in self.asked.others.items() if k == "team"}
        return self.asked.query(**kept, **others)


@dataclass(frozen=True)
class Cell:
    """What stands in a table, and the query of the cases behind it, if any."""

    text: str
    query: str = ""


Draw = Callable[[int], Picture]


@dataclass(frozen=True)
class Board:
    """One chart as page, small picture and file show it.

    ``draw`` draws at a width; None where a table says it better.
    """

    slug: str
    title: str
    say: str
    definition: str
    denominator: str
    head: tuple[str, ...]
    body: tuple[tuple[Cell, ...], ...]
    aria: str = ""
    draw: Draw | None = None
    wide: bool = False
    trap: str = ""
    tiles: tuple["Tile", ...] = field(default=())

    def pictures(self) -> list[SafeString]:
        """For a screen and for a phone; which is shown is the sheet's matter."""
        if self.draw is None or not self.body:
            return []
        found = []
        for css, width in (
            ("ch big", WIDE if self.wide else HALF),
            ("ch tiny", PHONE),
        ):
            picture = self.draw(width)
            picture.aria = f"{self.title} {self.say}"
            found.append(picture.svg(css))
        return found


@dataclass(frozen=True)
class Tile:
    """One number that has to be cleared up; ``level`` is "", "soon" or "late"."""

    number: int
    words: str
    level: str = ""
    url: str = ""


def count(n: int) -> str:
    return f"{n:,}"


def percent(part: float, whole: float) -> str:
    """With one place; "none" of nothing."""
    if not whole:
        return _("none")
    return _("%(n)s %%") % {"n": f"{100 * part / whole:.1f}"}


def money(value: Decimal) -> str:
    whole, _dot, rest = f"{value:,f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


def interval(part: int, whole: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson), as two shares."""
    if not whole:
        return 0.0, 1.0
    z, p = 1.959964, part / whole
    middle = p + z * z / (2 * whole)
    reach = z * ((p * (1 - p) + z * z / (4 * whole)) / whole) ** 0.5
    below = 1 + z * z / whole
    return (middle - reach) / below, (middle + reach) / below


def short(day: date) -> str:
    """ "3 Aug", "8月3日"."""
    chinese = (get_language() or "").startswith("zh")
    return date_format(day, "n月j日" if chinese else "j M")


def month_name(month: date) -> str:
    chinese = (get_language() or "").startswith("zh")
    return date_format(month, "Y年n月" if chinese else "M Y")


def weeks(first: date, last: date) -> list[tuple[date, date]]:
    """Weeks from Monday that the period touches, each cut to the period."""
    found = []
    start = first - timedelta(days=first.weekday())
    while start <= last:
        end = start + timedelta(days=6)
        found.append((max(start, first), min(end, last)))
        start = end + timedelta(days=1)
    return found


def team_names() -> dict[int, str]:
    """Labels by key, with what barred cases stand under."""
    return {**{team.pk: team.label for team in Team.objects.all()}, 0: _("Restricted")}


def topic_names() -> dict[str, str]:
    mains = Category.objects.filter(parent=None).order_by("position", "code")
    return {
        **{category.code: category.label for category in mains},
        "none": _("No topic yet"),
        "restricted": _("Restricted"),
    }


def step_name(code: str) -> str:
    return str(Step(code).label)


def outcome_name(code: str) -> str:
    return str(Outcome(code).label)


def together(*sentences: str) -> str:
    """Sentences in a row; Chinese ones have no space between them."""
    return ("" if (get_language() or "").startswith("zh") else " ").join(sentences)
