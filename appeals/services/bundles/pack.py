"""The ZIP of a bundle: written from front to end, a piece at a time.

Its form is the one that ``verify_bundle`` knows: nothing compressed, nothing dated, the
manifest and its signature last. A file is read twice, once for its hash and check sum,
which stand before it in the ZIP, and once to be copied.
"""

import hashlib
import zlib
from collections.abc import Iterator
from typing import IO

from appeals.verify_bundle import (
    CHUNK,
    FAR,
    MANIFEST,
    SIGNATURE,
    Entry,
    directory,
    local_header,
    written,
)
from complaints import signing


class Changed(Exception):
    """A stored file is not what it was a moment ago."""


class Packer:
    """Writes one ZIP to ``out``; ``sha256`` is that of everything written so far."""

    def __init__(self, out: IO[bytes]) -> None:
        self.out, self.at, self.sha256 = out, 0, hashlib.sha256()
        self.entries: list[Entry] = []

    def add(self, name: str, content: bytes) -> Entry:
        sums = zlib.crc32(content), hashlib.sha256(content).hexdigest()
        entry = self._begin(name, len(content), *sums)
        self._write(content)
        return entry

    def add_file(
        self, name: str, parts: Iterator[bytes], size: int, crc: int, sha256: str
    ) -> Entry:
        """Copy ``parts``. Raises ``Changed`` where they are not what was summed up."""
        entry, found = self._begin(name, size, crc, sha256), hashlib.sha256()
        for part in parts:
            found.update(part)
            self._write(part)
        if found.hexdigest() != sha256:
            raise Changed(name)
        return entry

    def _begin(self, name: str, size: int, crc: int, sha256: str) -> Entry:
        if size >= FAR:
            raise ValueError(f"{name} is too large.")
        entry = Entry(name, size, crc, self.at, sha256)
        self.entries.append(entry)
        self._write(local_header(name, crc, size))
        return entry

    def close(self, manifest: bytes) -> None:
        """The manifest, the signature under it, and the directory."""
        self.add(MANIFEST, manifest)
        self.add(SIGNATURE, signature_of(manifest))
        self._write(directory(self.entries, self.at))

    def _write(self, content: bytes) -> None:
        self.out.write(content)
        self.sha256.update(content)
        self.at += len(content)


def signature_of(manifest: bytes) -> bytes:
    return written(
        {
            "algorithm": signing.ALGORITHM,
            "public_key": signing.public_key(),
            "signature": signing.sign(manifest),
        }
    )


def sums(parts: Iterator[bytes]) -> tuple[int, int, str]:
    """Size, check sum and SHA-256 of what is read once."""
    size, crc, sha256 = 0, 0, hashlib.sha256()
    for part in parts:
        size, crc = size + len(part), zlib.crc32(part, crc)
        sha256.update(part)
    return size, crc, sha256.hexdigest()


def parts_of(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(CHUNK):
        yield part
