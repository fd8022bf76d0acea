"""What a board is: a question, its answer, pictures, a table, and what was counted."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from complaints.compliance.asked import Asked
from complaints.compliance.days import Days
from complaints.compliance.drawing import Picture
from complaints.compliance.page import Cell
from complaints.compliance.rollup.read import Reader
from complaints.permissions import Viewer
from complaints.states import Outcome, Step
from complaints.templatetags.look import gap, written
from teams.models import Team

SMALLEST = 10
"""Rates over fewer cases are hidden: one person more or less would move them."""

WIDE, HALF, PHONE = 1120, 540, 330
"""Widths in pixels that pictures are drawn at."""


@dataclass(frozen=True)
class Ctx:
    """Who asks what, and the reader of the sums. ``offset`` is in whole hours.

    ``linked`` is whether numbers lead to the cases behind them.
    """

    asked: Asked
    viewer: Viewer
    now: datetime
    reader: Reader
    offset: int = 0
    linked: bool = True

    @property
    def as_of(self) -> datetime:
        return self.reader.as_of or self.now

    @property
    def today(self) -> date:
        return self.as_of.date()

    @cached_property
    def teams(self) -> list[Team]:
        return list(Team.objects.order_by("code"))

    def rows(self, days: Days | None = None, /, **others: str) -> str:
        """The query of the cases behind a number, of some days of the period."""
        if not self.linked:
            return ""
        kept = {k: v for k, v in self.asked.others.items() if k == "team"}
        asked = self.asked
        if days:
            asked = replace(asked, first=days.first, last=days.last)
        return asked.query(**kept, **others)


Draw = Callable[[int], Picture]


@dataclass(frozen=True)
class Board:
    """One chart as page, small picture and file show it.

    ``draw`` draws at a width; it is asked only where there is a body. The last
    ``worded`` columns are words and no numbers.
    """

    slug: str
    title: str
    say: str
    definition: str
    denominator: str
    head: tuple[str, ...]
    body: tuple[tuple[Cell, ...], ...]
    draw: Draw
    wide: bool = False
    trap: str = ""
    tiles: tuple["Tile", ...] = ()
    worded: int = 0

    def pictures(self) -> list[SafeString]:
        """For a screen and for a phone; which is shown is the sheet's matter."""
        if not self.body:
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


def short(day: date) -> str:
    """ "3 Aug", "8月3日"."""
    return written(day, "day")


def month_name(day: date) -> str:
    """The month of a day: "Aug 2026", "2026年8月"."""
    return date_format(day, pgettext("date format", "M Y"))


def step_name(code: str) -> str:
    return str(Step(code).label)


def outcome_name(code: str) -> str:
    return str(Outcome(code).label)


def together(*sentences: str) -> str:
    """Sentences in a row; Chinese ones have no space between them."""
    return gap().join(sentences)


def counted(sums: "Counter[tuple[Any, ...]]") -> "defaultdict[date, Counter[str]]":
    """Numbers by kind of each day, from sums by day and perhaps kind."""
    found: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for (day, *kind), n in sums.items():
        found[day]["".join(kind)] += n
    return found
