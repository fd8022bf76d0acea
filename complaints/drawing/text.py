"""A text as pages of a picture, in a font that has both our scripts."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from complaints.drawing.limits import MOST_PAGES, Unfit

COLUMNS, LINES = 110, 74
SIZE, STEP, MARGIN = 20, 24, 40
PAPER = (MARGIN * 2 + COLUMNS * SIZE // 2, MARGIN * 2 + LINES * STEP)
INK = (28, 32, 40)
TAB = 4

MONO_CJK_INDEX = 7
"""Where "Noto Sans Mono CJK SC" stands in Debian's collection."""

CJK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
LATIN = Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf")

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def text_pages(content: bytes) -> tuple[list[Image.Image], int]:
    """The first pages, and how many there are. Raises ``Unfit``."""
    text = _decoded(content)
    lines = list(_lines(text))
    total = max(-(-len(lines) // LINES), 1)
    font = _font(text)
    firsts = range(0, min(total, MOST_PAGES) * LINES, LINES)
    return [_page(lines[at : at + LINES], font) for at in firsts], total


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unfit("broken")


def _lines(text: str) -> Iterator[str]:
    """Wrapped to the paper; a wide character takes two columns, a hidden one shows."""
    for line in text.splitlines() or [""]:
        width, start, shown = 0, 0, _visible(line.expandtabs(TAB))
        for at, letter in enumerate(shown):
            wide = 2 if unicodedata.east_asian_width(letter) in "WF" else 1
            if width + wide > COLUMNS:
                yield shown[start:at]
                width, start = 0, at
            width += wide
        yield shown[start:]


def _visible(line: str) -> str:
    """What turns or hides text elsewhere is a mark here."""
    return "".join("\ufffd" if unicodedata.category(c)[0] == "C" else c for c in line)


def _font(text: str) -> Font:
    if CJK.exists():
        return ImageFont.truetype(CJK, SIZE, index=MONO_CJK_INDEX)
    if any(ord(letter) >= 0x2E80 for letter in text):
        raise Unfit("fonts")
    if LATIN.exists():
        return ImageFont.truetype(LATIN, SIZE - 4)
    return ImageFont.load_default(SIZE - 4)


def _page(lines: list[str], font: Font) -> Image.Image:
    """As wide and high as what stands on it, down to half a sheet's width."""
    widest = max(font.getlength(line) for line in lines)
    wide = min(max(MARGIN * 2 + int(widest), PAPER[0] // 2), PAPER[0])
    high = min(MARGIN * 2 + len(lines) * STEP, PAPER[1])
    sheet = Image.new("RGB", (wide, high), "white")
    pen = ImageDraw.Draw(sheet)
    for row, line in enumerate(lines):
        pen.text((MARGIN, MARGIN + row * STEP), line, fill=INK, font=font)
    return sheet
