"""The daily root of the ledger: made, signed, kept outside the database, published; and
the receipt that shows that one case is in it.

Whoever keeps yesterday's root can tell tomorrow whether anything was changed, taken
away or put in between, without a word of ours. The file ``roots.jsonl`` only grows; a
line of it is the row of the same day. Trees lie beside it for as long as receipts are
given from them.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints import merkle, signing
from complaints.ledger import Fault
from complaints.models import Complaint, Event, LedgerRoot, Stream

FORMAT = "recourse-ledger-root/1"
RECEIPT = "recourse-receipt/1"
TREES_KEPT = timedelta(days=40)
LOOKED_BACK = 500
"""Events of a case after a root, up to which its receipt is still found."""

MOST_BYTES = 100_000
"""Length of a receipt that is read; a real one has about 3 kB."""


def folder() -> Path:
    return Path(settings.LEDGER_DIR)


def roots_file() -> Path:
    return folder() / "roots.jsonl"


def _tree_file(day: date, root: str) -> Path:
    return folder() / f"{day.isoformat()}-{root[:16]}.tree"


# Making -------------------------------------------------------------------------------


def make_root(*, now: datetime | None = None) -> LedgerRoot | None:
    """Today's root, where there is none yet; None where there is, or nothing to sign.

    Twice, late and on two machines it is made once.
    """
    moment = now or timezone.now()
    day = moment.astimezone(UTC).date()
    if LedgerRoot.objects.filter(day=day).exists():
        _catch_up()
        return None
    leaves = sorted(
        merkle.leaf(seq, head)
        for seq, head in Stream.objects.filter(seq__gt=0)
        .values_list("seq", "head")
        .iterator(chunk_size=10_000)
    )
    return _keep(leaves, day, moment) if leaves else None


def _keep(leaves: list[bytes], day: date, now: datetime) -> LedgerRoot | None:
    draft = folder() / f".{day.isoformat()}-{os.getpid()}"
    root = merkle.write(draft, leaves).hex()
    draft.replace(_tree_file(day, root))
    statement = _statement(day, root, len(leaves))
    try:
        with transaction.atomic():
            row = LedgerRoot.objects.create(
                day=day,
                made_at=now,
                streams=len(leaves),
                root=root,
                statement=statement,
                signature=signing.sign(statement.encode()),
                public_key=signing.public_key(),
            )
    except IntegrityError:  # another worker was faster
        return None
    _catch_up()
    _forget_trees(day)
    return row


def _statement(day: date, root: str, streams: int) -> str:
    last = LedgerRoot.objects.order_by("-day").first()
    facts = {
        "format": FORMAT,
        "day": day.isoformat(),
        "streams": streams,
        "root": root,
        "previous": _hash(last.statement) if last else "",
    }
    return json.dumps(facts, separators=(",", ":"))


def _hash(statement: str) -> str:
    return hashlib.sha256(statement.encode()).hexdigest()


def _line(row: LedgerRoot) -> str:
    return json.dumps(row.published, separators=(",", ":"))


@transaction.atomic
def _catch_up() -> None:
    """Write down what the file lacks: a worker may have died before it came to it."""
    # Two workers meet here and do not write one line twice.
    rows = list(LedgerRoot.objects.select_for_update().order_by("day"))
    known = _whole_lines()
    if missing := rows[known:]:
        with roots_file().open("a", encoding="utf-8") as file:
            file.write("".join(f"{_line(row)}\n" for row in missing))
            file.flush()
            os.fsync(file.fileno())


def _whole_lines() -> int:
    """How many lines were written to their end. One that was broken off, by a full disk
    or a kill, is taken away, so that it is written anew and glued to no other."""
    path = roots_file()
    if not path.exists():
        return 0
    with path.open("r+b") as file:
        written = file.read()
        whole = written.rfind(b"\n") + 1
        if whole < len(written):
            file.truncate(whole)
    return written.count(b"\n")


def _lines() -> list[str]:
    path = roots_file()
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _forget_trees(day: date) -> None:
    oldest = (day - TREES_KEPT).isoformat()
    for path in folder().glob("*.tree"):
        if path.name < oldest:
            path.unlink(missing_ok=True)


# Showing ------------------------------------------------------------------------------


def latest() -> LedgerRoot | None:
    return LedgerRoot.objects.order_by("-day").first()


def published() -> dict[str, Any]:
    """Every root there is and every key that signed one, for others to keep."""
    rows = list(LedgerRoot.objects.order_by("day"))
    keys = {row.public_key for row in rows} | {signing.public_key()}
    return {"keys": sorted(keys), "roots": [row.published for row in rows]}


def receipt(complaint: Complaint) -> dict[str, Any] | None:
    """Proof that the history of a case is in the newest root that holds it; None while
    it is in none. Whoever calls it asked who may."""
    row = latest()
    path = _tree_file(row.day, row.root) if row else None
    if row is None or path is None or not path.exists():
        return None
    events = Event.objects.filter(stream=complaint.stream).order_by("-seq")
    with merkle.Tree(path) as tree:
        for seq, head in events.values_list("seq", "sha256")[:LOOKED_BACK]:
            index = tree.find(merkle.leaf(seq, head))
            if index is not None:
                steps = [step.hex() for step in tree.path(index)]
                case = {"seq": seq, "head": head, "index": index, "path": steps}
                return {
                    "format": RECEIPT,
                    "reference": str(complaint.reference),
                    **case,
                    **row.published,
                }
    return None


# Checking a receipt -------------------------------------------------------------------

READ, INCLUDED, SIGNED, PUBLISHED = "read", "included", "signed", "published"
STEPS = (READ, INCLUDED, SIGNED, PUBLISHED)
HEX = re.compile("([0-9a-f]{2})*")
UNREADABLE = (
    *(ValueError, TypeError, KeyError, AttributeError),
    *(OverflowError, RecursionError),
)
"""What comes of reading something else as a receipt; JSON knows ``Infinity`` too."""


def check_receipt(text: str) -> dict[str, bool]:
    """Which steps of the check hold, in the order of ``STEPS``; one that could not be
    come to is missing. The script of the page does the same in the browser."""
    try:
        if len(text) > MOST_BYTES:
            raise ValueError
        facts = json.loads(text)
        statement = json.loads(facts["statement"])
        found = merkle.climb(
            merkle.leaf(int(facts["seq"]), str(facts["head"])),
            int(facts["index"]),
            int(statement["streams"]),
            [_bytes(step) for step in facts["path"]],
        )
        if facts["format"] != RECEIPT or statement["format"] != FORMAT:
            raise ValueError
        root, signed = statement["root"], str(facts["statement"]).encode()
        public, signature = str(facts["public_key"]), str(facts["signature"])
        # What the database is asked for is text that it can hold.
        _bytes(public)
    except UNREADABLE:
        return {READ: False}
    ours = LedgerRoot.objects.filter(statement=facts["statement"], public_key=public)
    return {
        READ: True,
        INCLUDED: found is not None and found.hex() == root,
        SIGNED: _is_hex(signature) and signing.is_signed(signed, signature, public),
        PUBLISHED: ours.exists(),
    }


def _bytes(digits: str) -> bytes:
    """``bytes.fromhex`` takes capitals and gaps too: changes that nobody would see."""
    if not _is_hex(digits):
        raise ValueError
    return bytes.fromhex(digits)


def _is_hex(digits: str) -> bool:
    return bool(HEX.fullmatch(digits))


# Checking ourselves -------------------------------------------------------------------

NAME = "roots"
"""What the faults of this module name as their stream."""


def verify() -> Iterator[Fault]:
    """Roots that do not follow each other, are not ours, or differ from the file; and
    whether all that the newest one saw is still on the ledger."""
    lines, previous = _lines(), ""
    rows = list(LedgerRoot.objects.order_by("day"))
    for number, row in enumerate(rows, start=1):
        yield from (Fault(NAME, number, words) for words in _faults(row, previous))
        if number <= len(lines) and lines[number - 1] != _line(row):
            yield Fault(NAME, number, "is not what stands in the file")
        previous = _hash(row.statement)
    if len(lines) > len(rows):
        yield Fault(NAME, len(rows) + 1, "stands in the file and not in the database")
    if rows:
        yield from _lost(rows[-1], len(rows))


def _faults(row: LedgerRoot, previous: str) -> Iterator[str]:
    facts = json.loads(row.statement)
    said = facts["day"], facts["root"], facts["streams"]
    if said != (row.day.isoformat(), row.root, row.streams):
        yield "does not say what is signed"
    if facts["previous"] != previous:
        yield "does not follow the root before it"
    if not signing.is_signed(row.statement.encode(), row.signature, row.public_key):
        yield "is not signed"


def _lost(row: LedgerRoot, number: int) -> Iterator[Fault]:
    """Heads that the newest root holds and that no event has any more: a tail that was
    cut off, a stream that is gone, an event that was written anew."""
    path = _tree_file(row.day, row.root)
    if not path.exists():
        return
    with merkle.Tree(path) as tree:
        wanted = {tree[index] for index in range(len(tree))}
    if merkle.root_of(sorted(wanted)).hex() != row.root:
        yield Fault(NAME, number, "has another tree in its file")
    rows = Event.objects.values_list("seq", "sha256")
    for seq, head in rows.iterator(chunk_size=10_000):
        wanted.discard(merkle.leaf(seq, head))
    if wanted:
        words = f"holds {len(wanted)} streams that no longer are what they were"
        yield Fault(NAME, number, words)
