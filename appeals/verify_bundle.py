#!/usr/bin/env python3
"""Checks a case bundle of Recourse. Needs Python 3.9 or later and nothing else.

    python3 verify_bundle.py BUNDLE.zip [--key HEX]

``BUNDLE.zip`` may also be the folder that it was unpacked to. ``--key`` is the public
key that the exchange publishes; without it the bundle is held against the key it
brings itself, which shows that it is whole, not whose it is. Every file that was
changed, added or taken away is named; exit code 0 when there is none, 1 when there is,
2 when there is nothing to check.

How it holds: ``manifest.json`` lists every file with its size and SHA-256, in order;
``signature.json`` is an Ed25519 signature (RFC 8032) over the bytes of the manifest.
The ZIP is written in one way only (no compression, no dates), so that every byte of it
that belongs to no file is known as well.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

MANIFEST = "manifest.json"
SIGNATURE = "signature.json"
LEDGER = "ledger.jsonl"
FORMAT = "recourse-bundle/1"
CHUNK = 1 << 20
NO_NUMBER = (ArithmeticError, ValueError)
NO_SHAPE = (AttributeError, LookupError, RecursionError, TypeError)
BAD_JSON = (*NO_NUMBER, *NO_SHAPE)
"""What reading somebody else's JSON may raise."""

# Ed25519, RFC 8032 --------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
"""A square root of -1."""

Point = tuple[int, int, int, int]
"""X, Y, Z, T with x = X/Z, y = Y/Z and x * y = T/Z (RFC 8032, 5.1.4)."""


def _plus(a: Point, b: Point) -> Point:
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % P, k * m % P, j * k % P, i * m % P


def _times(number: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _plus(found, point)
        point = _plus(point, point)
        number >>= 1
    return found


def _same(a: Point, b: Point) -> bool:
    across = (a[0] * b[2] - b[0] * a[2]) % P
    return across == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def _point(coded: bytes) -> Point | None:
    """The point of 32 bytes; None where they stand for none (RFC 8032, 5.1.3)."""
    number = int.from_bytes(coded, "little")
    odd, y = number >> 255, number & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    if x & 1 != odd:
        x = P - x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (64 bytes) of ``message`` was made with the key of
    ``public`` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, nonce = _point(public), _point(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or BASE is None or number >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return _same(_times(number, BASE), _plus(nonce, _times(challenge, key)))


VECTORS = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
)
"""RFC 8032, 7.1: public key, message and signature of tests 1, 2 and 3."""


def knows_ed25519() -> bool:
    """Whether this program answers the tests of RFC 8032 as it must."""
    for public, message, signature in VECTORS:
        key, said, name = (bytes.fromhex(one) for one in (public, message, signature))
        broken = name[:32] + bytes([name[32] ^ 1]) + name[33:]
        if not is_signed(key, said, name) or is_signed(key, said, broken):
            return False
    return True


# The one way in which the ZIP is written ----------------------------------------------

FAR = 0xFFFFFFFF
"""Offsets from here on stand in 64 bits."""

UTF8, STORED, MIDNIGHT, FIRST_DAY = 0x0800, 0, 0, 0x21
FILE_MODE = 0o100644 << 16
LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"


@dataclass(frozen=True)
class Entry:
    """One file of the ZIP: ``offset`` is where its header begins."""

    name: str
    size: int
    crc: int
    offset: int
    sha256: str

    @property
    def content_at(self) -> int:
        return self.offset + 30 + len(self.name.encode())


def local_header(name: str, crc: int, size: int) -> bytes:
    coded = name.encode()
    fields = (LOCAL, 20, UTF8, STORED, MIDNIGHT, FIRST_DAY, crc, size, size)
    return struct.pack("<4s5H3I2H", *fields, len(coded), 0) + coded


def directory(entries: Iterable[Entry], at: int) -> bytes:
    """Everything behind the last file of a ZIP whose files end at ``at``."""
    rows = [_directory_row(entry) for entry in entries]
    size, count = sum(map(len, rows)), len(rows)
    ending = _far_end(count, size, at) if at >= FAR or count >= 0xFFFF else b""
    few, near = min(count, 0xFFFF), min(at, FAR)
    ending += struct.pack("<4s4H2IH", END, 0, 0, few, few, size, near, 0)
    return b"".join(rows) + ending


def _directory_row(entry: Entry) -> bytes:
    coded, far = entry.name.encode(), entry.offset >= FAR
    extra = struct.pack("<2HQ", 1, 8, entry.offset) if far else b""
    version = 45 if far else 20
    fields = (CENTRAL, 3 << 8 | version, version, UTF8, STORED, MIDNIGHT, FIRST_DAY)
    sizes = (entry.crc, entry.size, entry.size, len(coded), len(extra))
    rest = (0, 0, 0, FILE_MODE, min(entry.offset, FAR))
    return struct.pack("<4s6H3I5H2I", *fields, *sizes, *rest) + coded + extra


def _far_end(count: int, size: int, at: int) -> bytes:
    where = at + size
    fields = (b"PK\6\6", 44, 3 << 8 | 45, 45, 0, 0, count, count, size, at)
    record = struct.pack("<4sQ2H2I4Q", *fields)
    return record + struct.pack("<4sIQI", b"PK\6\7", 0, where, 1)


class Lost(Exception):
    """From here on the ZIP is not written as it must be."""


def _walk(file: IO[bytes]) -> Iterator[Entry]:
    """The files of the ZIP in the order of their bytes, each read once."""
    offset = 0
    while True:
        file.seek(offset)
        head = file.read(30)
        if head[:4] != LOCAL:
            return
        entry = _entry(file, head, offset)
        yield entry
        offset = entry.content_at + entry.size


def _entry(file: IO[bytes], head: bytes, offset: int) -> Entry:
    if len(head) < 30:
        raise Lost(f"byte {offset}: the file ends in the middle of a header")
    crc, size = struct.unpack("<2I", head[14:22])
    raw = file.read(struct.unpack("<H", head[26:28])[0])
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        raise Lost(f"byte {offset}: the name in this header was changed") from None
    if head + raw != local_header(name, crc, size):
        raise Lost(f"{name}: its header (byte {offset} on) was changed")
    sha256, found, left = hashlib.sha256(), 0, size
    while left:
        part = file.read(min(CHUNK, left))
        if not part:
            raise Lost(f"{name}: the ZIP ends in the middle of it")
        sha256.update(part)
        found, left = zlib.crc32(part, found), left - len(part)
    # A wrong sum is told by the comparison with the manifest and the directory.
    return Entry(name, size, found, offset, sha256.hexdigest())


# Checking -----------------------------------------------------------------------------


@dataclass
class Report:
    """What was found: ``faults`` is empty for a bundle that is whole."""

    faults: list[str] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    files: int = 0

    @property
    def whole(self) -> bool:
        return not self.faults


class Zipped:
    """The files of a ZIP, and what is wrong with the ZIP itself."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("rb")
        self.entries: dict[str, Entry] = {}
        self.faults = list(self._read())

    def _read(self) -> Iterator[str]:
        entries, end, lost = [], 0, False
        try:
            for entry in _walk(self.file):
                entries.append(entry)
                end = entry.content_at + entry.size
                if entry.name in self.entries:
                    yield f"{entry.name}: is in the ZIP twice"
                self.entries[entry.name] = entry
        except Lost as reason:
            yield str(reason)
            lost = True
        if not lost:
            yield from self._rest(entries, end)

    def _rest(self, entries: list[Entry], end: int) -> Iterator[str]:
        for entry in entries:
            self.file.seek(entry.offset)
            if self.file.read(30)[14:18] != struct.pack("<I", entry.crc):
                yield f"{entry.name}: its check sum in the ZIP does not fit"
        wanted = directory(entries, end)
        self.file.seek(end)
        found = self.file.read(len(wanted) + 1)
        if found != wanted:
            at = next(
                (i for i, (a, b) in enumerate(zip(found, wanted)) if a != b),  # noqa: B905
                min(len(found), len(wanted)),
            )
            yield f"the directory at the end of the ZIP: changed at byte {end + at}"

    def read(self, name: str) -> bytes:
        entry = self.entries[name]
        self.file.seek(entry.content_at)
        return self.file.read(entry.size)

    def close(self) -> None:
        self.file.close()


class Folder:
    """The files of a bundle that was unpacked."""

    def __init__(self, path: Path) -> None:
        self.path, self.faults = path, list[str]()
        found = sorted(one for one in path.rglob("*") if one.is_file())
        names = [one.relative_to(path).as_posix() for one in found]
        self.entries = {name: self._entry(name) for name in names}

    def _entry(self, name: str) -> Entry:
        sha256, size = hashlib.sha256(), 0
        with (self.path / name).open("rb") as file:
            while part := file.read(CHUNK):
                sha256.update(part)
                size += len(part)
        return Entry(name, size, 0, 0, sha256.hexdigest())

    def read(self, name: str) -> bytes:
        return (self.path / name).read_bytes()

    def close(self) -> None:
        pass


def verify(path: Path, key: str = "") -> Report:
    """Check a bundle. Raises ``OSError`` where it cannot be read."""
    bundle = Folder(path) if path.is_dir() else Zipped(path)
    report = Report(list(bundle.faults), files=len(bundle.entries))
    try:
        missing = [n for n in (MANIFEST, SIGNATURE) if n not in bundle.entries]
        report.faults += [f"{name}: is missing" for name in missing]
        if not missing:
            _verify_manifest(bundle, report, key)
    finally:
        bundle.close()
    return report


def _verify_manifest(bundle: Zipped | Folder, report: Report, key: str) -> None:
    raw = bundle.read(MANIFEST)
    report.faults += _signature_faults(raw, bundle.read(SIGNATURE), report, key)
    try:
        manifest = json.loads(raw)
        listed = [
            (str(f["path"]), int(f["size"]), f["sha256"]) for f in _files(manifest)
        ]
    except BAD_JSON:
        report.faults.append(f"{MANIFEST}: is no manifest of a bundle")
        return
    report.manifest = manifest
    report.faults += _file_faults(bundle.entries, listed)
    if LEDGER in bundle.entries:
        report.faults += _chain_faults(bundle.read(LEDGER), manifest)


def _files(manifest: Any) -> list[Any]:
    if manifest["format"] != FORMAT:
        raise ValueError
    files: list[Any] = manifest["files"]
    return files


def written(value: Any) -> bytes:
    """JSON as the bundle holds it."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def _signature_faults(
    manifest: bytes, raw: bytes, report: Report, key: str
) -> Iterator[str]:
    try:
        said = json.loads(raw)
        public, name = said["public_key"], said["signature"]
        known = said == {
            "algorithm": "Ed25519",
            "public_key": public,
            "signature": name,
        }
        if not known or written(said) != raw:
            raise ValueError
        pair = bytes.fromhex(public), bytes.fromhex(name)
    except BAD_JSON:
        yield f"{SIGNATURE}: is not as it was written"
        return
    report.key = public
    if key and key.lower() != public:
        yield f"{SIGNATURE}: signed with {public}, which is not the key you trust"
    if not is_signed(pair[0], manifest, pair[1]):
        yield f"{MANIFEST}: is not what was signed"


def _file_faults(
    entries: dict[str, Entry], listed: list[tuple[str, int, Any]]
) -> Iterator[str]:
    order = [path for path, _size, _sha256 in listed]
    for path, size, sha256 in listed:
        entry = entries.get(path)
        if entry is None:
            yield f"{path}: is missing"
        elif (entry.size, entry.sha256) != (size, sha256):
            yield f"{path}: was changed"
    known = {*order, MANIFEST, SIGNATURE}
    for name in entries:
        if name not in known:
            yield f"{name}: was added"
    there = [name for name in entries if name in known]
    expected = [n for n in (*order, MANIFEST, SIGNATURE) if n in entries]
    zipped = any(entry.offset for entry in entries.values())
    if zipped and there != expected:
        yield "the ZIP: its files stand in another order"


def _chain_faults(raw: bytes, manifest: dict[str, Any]) -> Iterator[str]:
    """The events of the ledger, each holding the hash of the one before it."""
    previous = ""
    for number, line in enumerate(raw.splitlines(), start=1):
        try:
            follows = json.loads(line)["previous"] == previous
        except BAD_JSON:
            follows = False
        if not follows:
            yield f"{LEDGER}: event {number} does not follow the one before it"
        previous = hashlib.sha256(line).hexdigest()
    try:
        ends = manifest["ledger"]["head"] == previous
    except BAD_JSON:
        ends = False
    if not ends:
        yield f"{LEDGER}: does not end where the manifest says"


# For people ---------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "path", type=Path, help="the ZIP, or the folder it was unpacked to"
    )
    parser.add_argument(
        "--key", default="", help="the public key that you trust, in hex"
    )
    options = parser.parse_args(arguments)
    if not knows_ed25519():
        print("This Python does not compute Ed25519 as RFC 8032 says.", file=sys.stderr)
        return 2
    try:
        report = verify(options.path, options.key)
    except OSError as error:
        print(plain(f"Cannot read {options.path}: {error}"), file=sys.stderr)
        return 2
    for line in lines_of(report, trusted=bool(options.key)):
        print(plain(line))
    return 0 if report.whole else 1


def plain(text: str) -> str:
    """On one line, with every sign that steers a terminal written out: the names in a
    bundle are its maker's, and must not be able to wipe a fault off the screen."""
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    coding = sys.stdout.encoding or "ascii"
    return shown.encode(coding, "backslashreplace").decode(coding)


def lines_of(report: Report, *, trusted: bool) -> Iterator[str]:
    """What is said to whoever asked."""
    for fault in report.faults:
        yield f"FAULT  {fault}"
    if not report.whole:
        yield f"This bundle is NOT whole: {len(report.faults)} faults."
        return
    about = report.manifest
    yield f"WHOLE  {about.get('reference')}, {report.files} files, nothing changed."
    yield f"       made {about.get('made_at')}, signed with {report.key}"
    if not trusted:
        yield "       Compare this key with the one the exchange publishes (--key HEX)."


if __name__ == "__main__":
    sys.exit(main())
