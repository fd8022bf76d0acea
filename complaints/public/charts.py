"""The published figures as pictures: numbers of an SVG, and the same as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from complaints.selectors.published import Year
from complaints.states import Outcome

LEFT, LONGEST, LINE, HEIGHT = 176, 300, 32, 18
TALL = 44
"""A line on a phone, where the label stands above its bar."""

WIDTH = 540


@dataclass(frozen=True)
class Bar:
    """One line of a picture in whole units; ``words`` says the number or "hidden"."""

    label: str
    words: str
    hidden: bool
    y: int
    text_y: int
    width: int
    words_x: int
    place: int

    @property
    def above_y(self) -> int:
        return self.place * TALL + 14

    @property
    def below_y(self) -> int:
        return self.place * TALL + 20

    @property
    def below_text_y(self) -> int:
        return self.below_y + 13

    @property
    def after_x(self) -> int:
        return self.width + 8 if self.width else 0


@dataclass(frozen=True)
class Drawing:
    """A picture of ``WIDTH`` by ``height`` units and the sentence that says it."""

    code: str
    title: str
    say: str
    head: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        return LINE * len(self.bars) + 4

    @property
    def tall(self) -> int:
        return TALL * len(self.bars)

    @property
    def aria(self) -> str:
        return "; ".join(f"{bar.label}: {bar.words}" for bar in self.bars)


Cell = tuple[str, int | None]


def drawings(year: Year) -> list[Drawing]:
    """By month, by topic and by outcome; none for what is hidden as a whole."""
    made = (
        _drawing(
            "months",
            _("Received by month"),
            _("Month"),
            [(_month(code), number) for code, number in year.months.items()],
        ),
        _drawing(
            "topics",
            _("Received by topic"),
            _("Topic"),
            sorted(_topics(year), key=lambda cell: -(cell[1] or 0)),
        ),
        _drawing(
            "outcomes",
            _("First decisions by outcome"),
            _("Outcome"),
            [(str(Outcome(x).label), number) for x, number in year.outcomes.items()],
        ),
    )
    return [one for one in made if any(not bar.hidden for bar in one.bars)]


def _topics(year: Year) -> list[Cell]:
    language = get_language() or "en"
    return [
        (year.names[code].get(language) or year.names[code].get("en", code), number)
        for code, number in year.topics.items()
    ]


def _month(code: str) -> str:
    first, second = map(int, code.split("-"))
    return date_format(date(first, second, 1), "YEAR_MONTH_FORMAT")


def _drawing(code: str, title: str, head: str, cells: Sequence[Cell]) -> Drawing:
    most = max((number or 0 for _label, number in cells), default=0) or 1
    bars = tuple(_bar(place, cell, most) for place, cell in enumerate(cells))
    return Drawing(code, title, _say(cells), head, bars)


def _bar(place: int, cell: Cell, most: int) -> Bar:
    label, number = cell
    width = round(LONGEST * (number or 0) / most)
    words = _("hidden") if number is None else f"{number}"
    y = place * LINE + 6
    x = LEFT + width + 8
    return Bar(label, words, number is None, y, y + 14, width, x, place)


def _say(cells: Sequence[Cell]) -> str:
    """The largest in a sentence, for those who read no picture."""
    shown = [(number, label) for label, number in cells if number]
    if not shown:
        return ""
    number, label = max(shown, key=lambda one: one[0])
    return _("Most: %(label)s, with %(number)d.") % {"label": label, "number": number}
