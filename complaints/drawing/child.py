"""The process that draws: started for one file, and gone with it.

It reads a line of JSON and the bytes behind it, and answers in the same way. It
imports nothing of Django, so that it starts in a tenth of a second.
"""

import json
import resource
import sys
from typing import Any

from complaints.drawing import pages, redaction
from complaints.drawing.limits import Unfit

MEMORY = 1_500_000_000
"""Bytes of address space: pictures of the most pixels, and the libraries."""

CPU_SECONDS = 30


def main() -> None:
    _bind()
    asked = json.loads(sys.stdin.buffer.readline())
    parts = [sys.stdin.buffer.read(size) for size in asked["sizes"]]
    try:
        said, made = _done(asked, parts)
    except (Unfit, MemoryError) as error:
        said, made = {"refused": str(error) or "pixels"}, []
    said["sizes"] = [len(part) for part in made]
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + b"".join(made))


def _bind() -> None:
    """What a file may cost, whatever it does to the libraries."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _done(asked: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, Any], Any]:
    if asked["do"] == "cover":
        return {}, [redaction.cover(parts, asked["boxes"])]
    drawn, total = pages.draw(parts[0], asked["type"])
    made = [pages.encode(picture) for picture in drawn]
    return {"pages": [p.size for p in drawn], "total": total}, made


if __name__ == "__main__":
    main()
