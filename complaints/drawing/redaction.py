"""Boxes burnt into pictures: what they cover is not there any more."""

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

DOTS = 150
"""Pixels an inch in the PDF: about a sheet of paper."""


def cover(pages: Sequence[bytes], boxes: Sequence[Sequence[float]]) -> bytes:
    """One page as PNG, several as a PDF that holds nothing but pictures.

    A box is (page from 1, left, top, right, bottom), in shares of the page.
    """
    sheets = [_sheet(content) for content in pages]
    for page, *edges in boxes:
        _burn(sheets[int(page) - 1], edges)
    out = io.BytesIO()
    if len(sheets) == 1:
        sheets[0].save(out, "PNG")
    else:
        sheets[0].save(
            out,
            "PDF",
            save_all=True,
            append_images=sheets[1:],
            resolution=DOTS,
            quality=90,
        )
    return out.getvalue()


def _sheet(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=["WEBP"]) as picture:
        return picture.convert("RGB")


def _burn(sheet: Image.Image, edges: Sequence[float]) -> None:
    """Outwards to whole pixels: half a letter at the edge is a letter."""
    left, top, right, bottom = edges
    corner = (math.floor(left * sheet.width), math.floor(top * sheet.height))
    other = (math.ceil(right * sheet.width), math.ceil(bottom * sheet.height))
    ImageDraw.Draw(sheet).rectangle((*corner, *other), fill="black")
