"""Shapes of a picture, written as SVG with classes and attributes alone.

Everything that comes in as text is escaped; nothing has a style, for the pages have a
strict CSP. Units are pixels at the width the picture is drawn for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from math import ceil, floor, log10

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

Number = float | int


@dataclass
class Picture:
    """A picture of ``width`` by ``height``; ``aria`` says in words what it shows."""

    width: int
    height: int
    aria: str = ""
    parts: list[str] = field(default_factory=list)

    def rect(self, css: str, x: Number, y: Number, w: Number, h: Number) -> None:
        """``css`` is a class, or the name of a pattern after "#"."""
        look = f'fill="url({css})"' if css.startswith("#") else f'class="{css}"'
        self.parts.append(
            f'<rect {look} x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}"/>'
        )

    def path(self, css: str, d: str) -> None:
        self.parts.append(f'<path class="{css}" d="{d}"/>')

    def line(self, css: str, x1: Number, y1: Number, x2: Number, y2: Number) -> None:
        self.path(css, f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}")

    def dot(self, x: Number, y: Number) -> None:
        self.parts.append(f'<circle class="dot" cx="{_n(x)}" cy="{_n(y)}" r="4"/>')

    def text(self, x: Number, y: Number, words: str, css: str = "") -> None:
        look = f' class="{css}"' if css else ""
        self.parts.append(f'<text x="{_n(x)}" y="{_n(y)}"{look}>{escape(words)}</text>')

    def svg(self, css: str = "ch") -> SafeString:
        """Whole; every text in ``parts`` was escaped as it came in."""
        return format_html(
            '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
            css,
            self.width,
            self.height,
            self.aria,
            mark_safe("".join(self.parts)),
        )


def _n(value: Number) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def wide(words: str) -> float:
    """About how wide a text of 12 px is; Chinese characters fill a square."""
    if words.isascii():
        return 6.7 * len(words)
    return sum(12.2 if ord(sign) > 0x2E7F else 6.7 for sign in words)


def clip(words: str, room: float) -> str:
    """The text, or as much of it as has room, with dots."""
    if wide(words) <= room:
        return words
    while words and wide(words) + 8 > room:
        words = words[:-1]
    return f"{words.rstrip()}…"


def ticks(most: float, wanted: int = 4) -> list[float]:
    """Round steps from 0 to at least ``most``; at most ``wanted`` above the nought."""
    if most <= 0:
        return [0, 1]
    rough = most / wanted
    power = 10.0 ** floor(log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough)
    step = max(step, 1) if most > 1 else step
    return [step * place for place in range(ceil(most / step) + 1)]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places near ``wanted`` that are ``gap`` apart, for labels that would overlap."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [0.0] * len(wanted)
    last = low - gap
    for i in order:
        places[i] = last = max(wanted[i], last + gap)
    over = last - high
    if over > 0:
        for i in reversed(order):
            places[i] = min(places[i], high)
            high = places[i] - gap
    return places
