"""Horizontal bars as numbers of an SVG; the template draws them, without any style."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, LINE, HEIGHT = 540, 34, 20
LEFT, LONGEST = 196, 260


@dataclass(frozen=True)
class Bar:
    """One bar before it is drawn: what it is called, how long, what stands behind."""

    label: str
    value: int
    words: str


@dataclass(frozen=True)
class Line:
    """One bar in whole units of the picture."""

    label: str
    words: str
    y: int
    text_y: int
    width: int
    words_x: int


@dataclass(frozen=True)
class Chart:
    """A picture of 540 by ``height`` units; ``mark`` is the class of its bars."""

    lines: tuple[Line, ...]
    height: int
    mark: str
    aria: str


def chart(bars: Sequence[Bar], mark: str = "") -> Chart:
    """Bars from 0; the longest fills the picture."""
    most = max((bar.value for bar in bars), default=0) or 1
    lines = tuple(_line(place, bar, most) for place, bar in enumerate(bars))
    aria = ", ".join(f"{bar.label}: {bar.words}" for bar in bars)
    return Chart(lines, LINE * len(bars) + 4, "f4" if mark == "late" else "f1", aria)


def _line(place: int, bar: Bar, most: int) -> Line:
    width = round(LONGEST * bar.value / most)
    if bar.value:
        width = max(width, 2)
    y = place * LINE + 4
    return Line(bar.label, bar.words, y, y + 15, width, LEFT + width + 8)
