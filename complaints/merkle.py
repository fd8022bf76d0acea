"""A hash tree over the heads of all streams, as RFC 6962 builds it (section 2.1).

A leaf is SHA-256 of a zero byte and ``<seq>:<head>``; a node that of a one byte and its
two children. The head is itself a hash over the whole stream, so a leaf says nothing to
whoever does not know the stream, and everything to whoever does. Leaves are sorted,
which makes one findable without any list of names.

A tree lies in a file: the number of leaves, the leaves, then every level from
``KEPT_FROM`` up. A proof reads one block of leaves and one hash a level.
"""

import hashlib
import mmap
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

SIZE = 32
KEPT_FROM = 8
"""The lowest level of nodes in the file; those below are reckoned from 256 leaves."""

BLOCK = 1 << KEPT_FROM
HEAD = 8

sha256 = hashlib.sha256


def leaf(seq: int, head: str) -> bytes:
    return sha256(b"\0" + f"{seq}:{head}".encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def above(level: Sequence[bytes]) -> list[bytes]:
    """The next level; the last of an odd number goes up as it is."""
    pairs = zip(level[::2], level[1::2], strict=False)
    found = [sha256(b"\1" + left + right).digest() for left, right in pairs]
    if len(level) % 2:
        found.append(level[-1])
    return found


def levels(leaves: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Every level from the leaves to the root."""
    level = list(leaves)
    yield level
    while len(level) > 1:
        level = above(level)
        yield level


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Raises ``ValueError`` where there is no leaf."""
    if not leaves:
        raise ValueError("a tree has leaves")
    found = list(leaves)
    while len(found) > 1:
        found = above(found)
    return found[0]


def climb(found: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that ``path`` leads to from leaf number ``index`` of ``size``; None
    where it is no path of such a tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    last = size - 1
    for sibling in path:
        if last == 0:
            return None
        if index % 2 or index == last:
            found = node(sibling, found)
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            found = node(found, sibling)
        index, last = index // 2, last // 2
    return found if last == 0 else None


def write(path: Path, leaves: Sequence[bytes]) -> bytes:
    """Write the tree over sorted ``leaves`` to ``path``; its root."""
    with path.open("wb") as file:
        file.write(len(leaves).to_bytes(HEAD, "big"))
        root = b""
        for number, level in enumerate(levels(leaves)):
            if number == 0 or number >= KEPT_FROM:
                file.write(b"".join(level))
            root = level[0]
    return root


class Tree:
    """A tree in its file; use it in ``with``. Indexes count from nought."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._bytes = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        self.size = int.from_bytes(self._bytes[:HEAD], "big")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._bytes.close()
        self._file.close()

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> bytes:
        if not 0 <= index < self.size:
            raise IndexError(index)
        return self._at(HEAD, index)

    def _at(self, start: int, index: int) -> bytes:
        place = start + index * SIZE
        return self._bytes[place : place + SIZE]

    def find(self, wanted: bytes) -> int | None:
        """The number of a leaf; None where it is not in the tree."""
        index = bisect_left(self, wanted)
        return index if index < self.size and self[index] == wanted else None

    def path(self, index: int) -> list[bytes]:
        """The hashes that lead from a leaf to the root, the nearest first."""
        begin = index - index % BLOCK
        block = [self[i] for i in range(begin, min(begin + BLOCK, self.size))]
        return [*_within(block, index - begin), *self._over(index >> KEPT_FROM)]

    def _over(self, index: int) -> Iterator[bytes]:
        """From ``KEPT_FROM`` up, out of the file."""
        start, count = HEAD + self.size * SIZE, -(-self.size // BLOCK)
        while count > 1:
            if index ^ 1 < count:
                yield self._at(start, index ^ 1)
            start, count, index = start + count * SIZE, -(-count // 2), index // 2


def _within(block: list[bytes], index: int) -> Iterator[bytes]:
    """Below ``KEPT_FROM``, reckoned."""
    while len(block) > 1:
        if index ^ 1 < len(block):
            yield block[index ^ 1]
        block, index = above(block), index // 2
