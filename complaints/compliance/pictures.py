"""The kinds of pictures: lines, columns, bars, heat. Each can be drawn at any width.

Labels stand at what they name. Series differ by dash and pattern as well as by tone,
so that print in grey and any eye reads the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from complaints.compliance.drawing import Picture, clip, spread, ticks, wide

NARROW = 420
"""Pictures that are narrower put names above bars instead of beside them."""

FILLS = ("f1", "#ht", "#hx", "f0")
"""In full, hatched, barred, pale: what a stacked bar is made of, in order."""


@dataclass(frozen=True)
class Series:
    """A line: name with the newest number, class, a value a place (None: gap)."""

    label: str
    css: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Stack:
    """A bar or column: name, parts in the order of ``FILLS``, words at its end.

    ``low`` and ``high`` are the ends of an interval; ``hidden`` words stand instead.
    """

    label: str
    parts: Sequence[float]
    words: str
    low: float | None = None
    high: float | None = None
    hidden: str = ""
    note: str = ""


def lines(
    width: int,
    series: Sequence[Series],
    places: Sequence[str],
    *,
    target: tuple[float, str] | None = None,
    height: int = 270,
) -> Picture:
    """Lines over ``places``; ``target`` is a value with its word, dashed."""
    picture = Picture(width, height)
    drawn = [v for one in series for v in one.values if v is not None]
    steps = ticks(max([*drawn, target[0] if target else 0, 1]))
    named = [*(one.label for one in series), *([target[1]] if target else [])]
    left = max(wide(f"{step:,.0f}") for step in steps) + 10
    right = width - max(wide(label) for label in named) * 1.08 - 14
    top, bottom = 14.0, height - 28.0
    at = _Scale(len(places), left, right, top, bottom, steps[-1])
    for step in steps:
        picture.line("gl" if step else "ax", left, at.y(step), right, at.y(step))
        picture.text(left - 8, at.y(step) + 4, f"{step:,.0f}", "e")
    for place in _every(places, right - left):
        picture.text(at.x(place), height - 8, places[place], "m" if place else "")
    if target:
        picture.line("t", left, at.y(target[0]), right, at.y(target[0]))
        picture.text(right + 10, at.y(target[0]) + 4, target[1])
    ends = _draw_series(picture, series, at)
    low = top if not target else top + 14
    for label, y in zip(
        (one.label for one in series), spread(ends, 16, low, bottom), strict=True
    ):
        picture.text(right + 10, y + 4, label, "b")
    return picture


@dataclass(frozen=True)
class _Scale:
    n: int
    left: float
    right: float
    top: float
    bottom: float
    most: float

    def x(self, place: int) -> float:
        return self.left + (self.right - self.left) * place / max(self.n - 1, 1)

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * value / (self.most or 1)


def _draw_series(picture: Picture, series: Sequence[Series], at: _Scale) -> list[float]:
    ends = []
    for one in series:
        steps, pen = [], "M"
        for place, value in enumerate(one.values):
            if value is None:
                pen = "M"
                continue
            steps.append(f"{pen}{at.x(place):.1f} {at.y(value):.1f}")
            pen = "L"
        if steps:
            picture.path(one.css, "".join(steps))
        known = [v for v in one.values if v is not None]
        ends.append(at.y(known[-1]) if known else at.bottom)
        if len(known) == 1:
            place = next(i for i, v in enumerate(one.values) if v is not None)
            picture.dot(at.x(place), at.y(known[0]))
    return ends


def _every(places: Sequence[str], room: float) -> list[int]:
    """Which places have room for their name: evenly, the first and the last always."""
    if not places:
        return []
    each = max(wide(place) for place in places) + 18
    fits = max(int(room / each), 1)
    step = max(-(-len(places) // fits), 1)
    last = len(places) - 1
    chosen = [place for place in range(0, len(places), step) if last - place >= step]
    return [*chosen, last] if last else [0]


def columns(
    width: int, stacks: Sequence[Stack], names: Sequence[str], *, height: int = 250
) -> Picture:
    """Standing columns with the sum above; ``names`` say what the parts are."""
    picture = Picture(width, height)
    bottom, top = height - 46.0, 26.0
    most = max([sum(stack.parts) for stack in stacks] + [1])
    slot = width / max(len(stacks), 1)
    body = min(64.0, slot * 0.6)
    for place, stack in enumerate(stacks):
        x, y = slot * place + (slot - body) / 2, bottom
        for fill, part in zip(FILLS, stack.parts, strict=False):
            if part:
                tall = max((bottom - top) * part / most, 1.5)
                y -= tall
                picture.rect(fill, x, y, body, tall)
                y -= 1.5
        picture.text(x + body / 2, y - 6, stack.words, "m b")
        picture.text(x + body / 2, bottom + 17, stack.label, "m")
    picture.line("ax", 0, bottom, width, bottom)
    _key(picture, names, height - 6)
    return picture


def bars(
    width: int,
    stacks: Sequence[Stack],
    names: Sequence[str] = (),
    *,
    most: float | None = None,
    target: tuple[float, str] | None = None,
) -> Picture:
    """Lying bars, longest word to the left, ``words`` to the right of each.

    ``most`` is what fills the width; ``note`` stands in a column of its own at the end.
    """
    at = _room(width, stacks, most)
    line = 46 if at.narrow else 38
    foot = (24 if target else 0) + (26 if names else 0)
    picture = Picture(width, line * len(stacks) + foot + 6)
    for place, stack in enumerate(stacks):
        y = place * line + (18 if at.narrow else 5)
        end = _bar(picture, stack, at, y)
        picture.text((at.end if most else end) + 8, y + 15, stack.words, "b")
        if stack.note:
            picture.text(width, y + 15, stack.note, "e")
    if target:
        x, deep = at.left + at.length * target[0] / at.whole, line * len(stacks) + 2
        picture.line("t", x, 0, x, deep)
        picture.text(x, deep + 14, target[1], "m" if x < width - 60 else "e")
    _key(picture, names, picture.height - 6)
    return picture


@dataclass(frozen=True)
class _Room:
    """Lying bars begin at ``left``; ``whole`` is as long as ``length``."""

    width: int
    left: float
    length: float
    whole: float

    @property
    def narrow(self) -> bool:
        return self.width < NARROW

    @property
    def end(self) -> float:
        return self.left + self.length


def _room(width: int, stacks: Sequence[Stack], most: float | None) -> _Room:
    longest = max([wide(stack.label) for stack in stacks] + [40])
    left = 0.0 if width < NARROW else min(longest * 1.06 + 14, width * 0.5)
    note = max([wide(stack.note) for stack in stacks] + [0])
    words = max([wide(stack.words) for stack in stacks] + [20]) * 1.08 + 10
    words += note + 12 if note else 0
    whole = most or max([sum(stack.parts) for stack in stacks] + [1])
    return _Room(width, left, width - left - words, whole)


def _bar(picture: Picture, stack: Stack, at: _Room, y: float) -> float:
    """Name and bar, or the words that stand instead; where it ends."""
    label = clip(stack.label, at.width if at.narrow else at.left - 10)
    picture.text(0, y - 6 if at.narrow else y + 15, label, "k")
    if stack.hidden:
        picture.rect("f0", at.left, y, at.length, 20)
        words = clip(stack.hidden, at.length - 12)
        picture.text(at.left + 8, y + 14, words, "k")
        return at.end
    x, scale = at.left, at.length / at.whole
    for fill, part in zip(FILLS, stack.parts, strict=False):
        if part:
            picture.rect(fill, x, y, max(part * scale - 1, 1.5), 20)
            x += part * scale
    if stack.low is not None and stack.high is not None:
        low, high = at.left + stack.low * scale, at.left + stack.high * scale
        _whisker(picture, low, high, y + 10)
    return x


def _whisker(picture: Picture, low: float, high: float, middle: float) -> None:
    """The ends of an interval, and the line between them."""
    picture.path(
        "w",
        f"M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 5}v10"
        f"M{high:.1f} {middle - 5}v10",
    )


def _key(picture: Picture, names: Sequence[str], y: float) -> None:
    """What the parts are, in one line under the picture."""
    x = 0.0
    for fill, name in zip(FILLS, names, strict=False):
        picture.rect(fill, x, y - 11, 12, 12)
        picture.text(x + 18, y, name, "k")
        x += 18 + wide(name) * 1.06 + 22


Heat = Sequence[tuple[str, Sequence[int]]]
"""Name and cells of each row."""


def heat(width: int, rows: Heat, heads: Sequence[str]) -> Picture:
    """A number in every cell; the stronger the tone, the more, in both themes."""
    if width < NARROW:
        rows, heads = _turned(rows, heads)
    left = max([wide(name) for name, _cells in rows] + [20]) * 1.06 + 12
    across = (width - left) / max(len(heads), 1)
    picture = Picture(width, 27 * len(rows) + 20)
    most = max([n for _name, cells in rows for n in cells] + [1])
    step = 1 if across > 30 else 3
    for place, head in enumerate(heads):
        if place % step == 0:
            picture.text(left + across * (place + 0.5), 12, head, "m")
    for down, (name, cells) in enumerate(rows):
        y = 18 + 27 * down
        picture.text(0, y + 17, name, "k")
        for place, n in enumerate(cells):
            shade = 1 + min(4, int(5 * n / (most + 1)))
            x = left + across * place
            picture.rect(f"h{shade}", x, y, across - 1.5, 25.5)
            picture.text(x + across / 2, y + 17, f"{n}", "m on" if shade > 3 else "m k")
    return picture


def _turned(rows: Heat, heads: Sequence[str]) -> tuple[Heat, list[str]]:
    """Hours down and days across, so that a phone has room for the numbers."""
    names = [name for name, _cells in rows]
    turned = [
        (head, [cells[place] for _name, cells in rows])
        for place, head in enumerate(heads)
    ]
    return turned, names
