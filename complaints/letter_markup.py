"""How a letter's plain text is laid out, and read back as blocks for the sheet.

Headings are underlined, lists begin with "- " or "1. " and go on indented, quotes
begin with "> ". It is what people write into mails anyway, so the text needs no second
version to be read without a program.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from unicodedata import east_asian_width

HEADING = re.compile(r"^# +(.+)$", re.MULTILINE)
_RULE = re.compile(r"-{2,}")
_ITEM = re.compile(r"(?:-|(\d{1,4})\.) +(.*)")

Kind = Literal["heading", "para", "quote", "bullets", "numbers"]


@dataclass(frozen=True)
class Block:
    """One part of a letter. ``items`` are lists of lines; only lists have several."""

    kind: Kind
    items: tuple[tuple[str, ...], ...]

    @property
    def lines(self) -> tuple[str, ...]:
        return self.items[0]


def underlined(text: str) -> str:
    """``# Heading`` lines as headings with a rule of their own width."""
    return HEADING.sub(lambda hit: f"{hit[1]}\n{'-' * _width(hit[1])}", text)


def _width(text: str) -> int:
    """In columns of a fixed font, where a Chinese character takes two; at least 2."""
    columns = sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
    return max(2, min(columns, 76))


def blocks_of(body: str) -> list[Block]:
    """The body as blocks, in order; lists that follow each other are one."""
    blocks: list[Block] = []
    for lines in _paragraphs(body):
        for block in _read(lines):
            last = blocks[-1] if blocks else None
            if (
                last
                and block.kind in ("bullets", "numbers")
                and last.kind == block.kind
            ):
                blocks[-1] = Block(last.kind, last.items + block.items)
            elif last and lines[0][:1] == " " and last.kind in ("bullets", "numbers"):
                blocks[-1] = _go_on(last, block.lines)
            else:
                blocks.append(block)
    return blocks


def _paragraphs(body: str) -> Iterator[list[str]]:
    for part in re.split(r"\n[ \t]*\n", body.strip("\n")):
        lines = [line for line in part.split("\n") if line.strip()]
        if lines:
            yield lines


def _read(lines: list[str]) -> Iterator[Block]:
    if len(lines) > 1 and _RULE.fullmatch(lines[1]):
        yield Block("heading", ((lines[0],),))
        lines = lines[2:]
    if not lines:
        return
    if all(line.startswith(">") for line in lines):
        yield Block("quote", (tuple(line[1:].removeprefix(" ") for line in lines),))
    elif hit := _ITEM.match(lines[0]):
        yield from _items(lines, bool(hit[1]))
    else:
        yield Block("para", (tuple(line.strip() for line in lines),))


def _items(lines: list[str], numbered: bool) -> Iterator[Block]:
    items: list[list[str]] = []
    for line in lines:
        hit = None if line[:1] == " " else _ITEM.match(line)
        if hit:
            items.append([hit[2]])
        else:
            items[-1].append(line.strip())
    kind: Kind = "numbers" if numbered else "bullets"
    yield Block(kind, tuple(map(tuple, items)))


def _go_on(block: Block, lines: tuple[str, ...]) -> Block:
    """The last item of a list with an indented paragraph of its own added."""
    return Block(block.kind, (*block.items[:-1], (*block.items[-1], *lines)))
