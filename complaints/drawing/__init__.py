"""Pictures of hostile files, drawn by a child process that has nothing to lose.

The child gets no environment, no database and little memory and time; what it hands
back are pictures that it painted itself. Nothing here decodes a file in our process.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from config.paths import BASE_DIR

SECONDS = 45
ANSWER_LIMIT = 60_000_000
DRAWN = frozenset(
    {"image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf"}
    | {"text/plain"}
)
"""Media types of which there are pictures."""

PICTURE = "image/webp"


class Refused(Exception):
    """It cannot be drawn, however often one tries; the reason is one of ``REASONS``."""


class Failed(Exception):
    """The child ended without an answer; another time it may."""


REASONS = frozenset({"pixels", "broken", "password", "empty", "fonts"})


@dataclass(frozen=True)
class Picture:
    """One page; ``width`` and ``height`` in pixels."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Drawn:
    """The first pages of a file, and how many it has."""

    pictures: tuple[Picture, ...]
    total: int


@dataclass(frozen=True)
class Box:
    """What is covered on a page (from 1), as shares of its width and height."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


def draw(content: bytes, media_type: str) -> Drawn:
    """Pictures of the first pages. Raises ``Refused`` or ``Failed``."""
    said, parts = _ask(
        {"do": "draw", "type": media_type, "sizes": [len(content)]}, [content]
    )
    pages = zip(parts, said["pages"], strict=True)
    pictures = tuple(Picture(part, int(p[0]), int(p[1])) for part, p in pages)
    return Drawn(pictures, max(int(said["total"]), len(pictures)))


def cover(pages: Sequence[bytes], boxes: Sequence[Box]) -> bytes:
    """The pages with the boxes burnt in: one as PNG, several as a PDF of pictures."""
    asked = {
        "do": "cover",
        "boxes": [[b.page, b.left, b.top, b.right, b.bottom] for b in boxes],
        "sizes": [len(page) for page in pages],
    }
    return _ask(asked, pages)[1][0]


def _ask(asked: dict[str, Any], parts: Sequence[bytes]) -> tuple[Any, list[bytes]]:
    """A line of JSON and the bytes behind it, in both directions."""
    try:
        child = subprocess.run(
            [sys.executable, "-m", "complaints.drawing.child"],
            input=json.dumps(asked).encode() + b"\n" + b"".join(parts),
            capture_output=True,
            cwd=BASE_DIR,
            env={"PYTHONPATH": str(BASE_DIR), "PATH": os.defpath, "LANG": "C.UTF-8"},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed("It took too long.") from None
    return _answer(child.stdout if child.returncode == 0 else b"")


def _answer(out: bytes) -> tuple[Any, list[bytes]]:
    head, _line, rest = out.partition(b"\n")
    if not head or len(out) > ANSWER_LIMIT:
        raise Failed("The child ended without an answer.")
    said = json.loads(head)
    if reason := said.get("refused"):
        raise Refused(reason if reason in REASONS else "broken")
    parts, start = [], 0
    for size in said["sizes"]:
        parts.append(rest[start : start + size])
        start += size
    return said, parts
