"""The ledger: hash-chained streams of events. Nobody else writes an event.

An event's ``sha256`` is taken over its canonical form, which holds the previous
event's hash; its ``seal`` is the HMAC-SHA256 of that under ``LEDGER_KEY``, so a tail
cannot be forged by whoever only has the database. Streams: ``complaint:<pk>`` for
what changes a case, ``reads:<pk>`` for who read or exported it, ``desk:<date>``.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, models

from complaints import batch, rowsets
from complaints.models.ledger import Event, EventText, Stream
from complaints.permissions import Viewer
from complaints.request_id import request_id

_KEPT = (
    "stream",
    "seq",
    "what",
    "object_type",
    "object_id",
    "object_version",
    "source",
    "target",
    "actor_id",
    "actor_role",
    "payload",
    "request_id",
    "previous",
)

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True)
class Entry:
    """What is to be written: ``texts`` are free text and stay erasable."""

    what: str
    viewer: Viewer
    at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    customer_texts: frozenset[str] = frozenset()
    object_type: str = ""
    object_id: int | None = None
    object_version: int | None = None
    source: str = ""
    target: str = ""


@dataclass(slots=True)
class Head:
    """Where a stream ends, as far as its writer must know; columns of ``Stream``."""

    name: str
    seq: int
    head: str


def lock(stream: str) -> Stream:
    """The head of ``stream``, held until the transaction ends (made when new).

    Everything that changes one case takes this first, so that two writers of one
    case meet here and never hold each other's rows.
    """
    batch.flush()  # it may be new
    locked = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seq, head FROM complaints_stream WHERE name = %s{locked}",  # noqa: S608
            [stream],
        )
        found = cursor.fetchone()
    if found is None:
        return Stream.objects.select_for_update().get_or_create(name=stream)[0]
    head = Stream(name=stream, seq=found[0], head=found[1])
    head._state.adding, head._state.db = False, connection.alias
    return head


def append(stream: str, entry: Entry, *, head: Stream | None = None) -> Event:
    """Write one event at the end of ``stream``; inside a transaction."""
    return append_many(stream, [entry], head=head)[0]


def stream_of_day(at: datetime) -> str:
    """The stream of what concerns the desk and no single case; one a day, of UTC."""
    return f"desk:{at.date().isoformat()}"


def append_of_day(entry: Entry) -> Event:
    """Write one event on the desk's stream of its day; inside a transaction."""
    return append(stream_of_day(entry.at), entry)


def append_many(
    stream: str, entries: Sequence[Entry], *, head: Stream | None = None
) -> list[Event]:
    """Write events in this order at the end of ``stream``; inside a transaction."""
    head = head or lock(stream)
    events, texts = _chained(head, entries)
    if texts:
        batch.flush()
        Event.objects.bulk_create(events)
    batch.add(*events, *texts)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE complaints_stream SET seq = %s, head = %s WHERE name = %s",
            [head.seq, head.head, stream],
        )
    return events


def append_each(
    entries: Mapping[str, Sequence[Entry]],
    *,
    heads: "Mapping[str, Stream | Head] | None" = None,
) -> None:
    """Write events at the end of many streams at once; inside a transaction.

    ``heads`` are the streams by name, where the caller holds them already. Texts are
    not taken, as in ``begin_many``.
    """
    batch.flush()  # the events before these
    ends = heads or _lock_each(entries)
    rows: list[dict[str, Any]] = []
    for name, written in entries.items():
        head = ends[name]
        for entry in written:
            row = _row(head, entry, {})
            rows.append(row)
            head.seq, head.head = row["seq"], row["sha256"]
    rowsets.insert_rows(Event, rows)
    _move_heads([ends[name] for name in entries])


def _lock_each(names: Collection[str]) -> dict[str, Stream]:
    """In the order of their names: two such writers meet instead of blocking."""
    held = Stream.objects.select_for_update().filter(name__in=names)
    heads = {head.name: head for head in held.order_by("name")}
    for name in sorted(set(names) - set(heads)):
        heads[name] = lock(name)
    return heads


def _move_heads(heads: "Iterable[Stream | Head]") -> None:
    columns = {"name": "text", "seq": "bigint", "head": "text"}
    moved = [{name: getattr(head, name) for name in columns} for head in heads]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE complaints_stream AS s SET seq = v.seq, head = v.head"  # noqa: S608
            f" FROM {rowsets.table('v', columns)} WHERE s.name = v.name",
            [rowsets.rows(moved)],
        )


def begin(stream: str, entries: Sequence[Entry]) -> list[Event]:
    """Write the first events of a new ``stream``; inside a transaction."""
    head = Stream(name=stream)
    events, texts = _chained(head, entries)
    if texts:
        Event.objects.bulk_create(events)
    batch.add(*events, *texts, head)
    return events


def begin_many(streams: Mapping[str, Sequence[Entry]], batch_size: int = 500) -> None:
    """Write the first events of many new streams at once; inside a transaction.

    For bulk loads: texts are not taken, everything else is as in ``begin``.
    """
    heads, events = [], []
    for name, entries in streams.items():
        head = Stream(name=name)
        events.extend(_chained(head, entries)[0])
        heads.append(head)
    Event.objects.bulk_create(events, batch_size=batch_size)
    Stream.objects.bulk_create(heads, batch_size=batch_size)


def _chained(
    head: Stream, entries: Sequence[Entry]
) -> tuple[list[Event], list[EventText]]:
    events: list[Event] = []
    texts: list[EventText] = []
    for entry in entries:
        salted = [_salted(name, text, entry) for name, text in entry.texts.items()]
        event = _event(head, entry, {row.name: _text_hash(row) for row in salted})
        for row in salted:
            row.event = event
        events.append(event)
        texts.extend(salted)
        head.seq, head.head = event.seq, event.sha256
    return events, texts


def _event(head: Stream, entry: Entry, hashes: Mapping[str, str]) -> Event:
    event = Event(**_row(head, entry, hashes))
    event.actor = entry.viewer.user
    return event


def _row(
    head: "Stream | Head", entry: Entry, hashes: Mapping[str, str]
) -> dict[str, Any]:
    """The columns of the next event: a model for each costs more than its hash."""
    payload = {name: plain(value) for name, value in entry.payload.items()}
    if hashes:
        payload["texts"] = dict(hashes)
    row = {
        "stream": head.name,
        "seq": head.seq + 1,
        "what": entry.what,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "object_version": entry.object_version,
        "source": entry.source,
        "target": entry.target,
        "actor_id": entry.viewer.user.pk,
        "actor_role": entry.viewer.role,
        "payload": payload,
        "request_id": request_id.get(),
        "previous": head.head,
    }
    sha256 = hashlib.sha256(_canonical(row, entry.at)).hexdigest()
    return {**row, "at": entry.at, "sha256": sha256, "seal": seal(sha256)}


def _salted(name: str, text: str, entry: Entry) -> EventText:
    return EventText(
        name=name,
        text=text,
        salt=secrets.token_hex(16),
        for_customer=name in entry.customer_texts,
    )


def _text_hash(row: EventText) -> str:
    return hashlib.sha256((row.salt + row.text).encode()).hexdigest()


_AS_IT_IS = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:
    """A value as the ledger keeps it: JSON that reads back the same everywhere."""
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, int | str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)


def canonical(event: Event) -> bytes:
    """The bytes that are hashed: sorted JSON without spaces, the time in UTC."""
    return _canonical({name: getattr(event, name) for name in _KEPT}, event.at)


def _canonical(kept: Mapping[str, Any], at: datetime) -> bytes:
    """``kept`` are the columns of ``_KEPT``."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return _JSON.encode({**kept, "at": moment}).encode()


def digest(event: Event) -> str:
    return hashlib.sha256(canonical(event)).hexdigest()


def seal(sha256: str, key: str = "") -> str:
    """The HMAC of an event's hash, by ``LEDGER_KEY`` unless another key is named."""
    secret = (key or settings.LEDGER_KEY).encode()
    return hmac.digest(secret, sha256.encode(), "sha256").hex()


def _is_sealed(event: Event) -> bool:
    """Whether a key of this desk sealed it: the one in use or one used before."""
    keys = (settings.LEDGER_KEY, *settings.LEDGER_KEY_FALLBACKS)
    return any(hmac.compare_digest(seal(event.sha256, k), event.seal) for k in keys)


# Checking -------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """Where the ledger was touched: stream, number in it, and what is wrong."""

    stream: str
    seq: int
    what: str

    def __str__(self) -> str:
        return f"{self.stream} #{self.seq}: {self.what}"


def verify(streams: Iterable[Stream] | None = None) -> Iterator[Fault]:
    """Walk the chains and yield every fault, oldest first in each stream."""
    heads = Stream.objects.order_by("name") if streams is None else streams
    for head in heads:
        yield from _verify_stream(head)
    if streams is None:
        yield from _orphans()


def _verify_stream(head: Stream) -> Iterator[Fault]:
    previous, seq = "", 0
    events = Event.objects.filter(stream=head.name).order_by("seq")
    for event in events.iterator(chunk_size=500):
        seq += 1
        if event.seq != seq:
            yield Fault(head.name, seq, "is missing")
            seq = event.seq
        yield from _verify_event(event, previous)
        previous = event.sha256
    if (seq, previous) != (head.seq, head.head):
        yield Fault(head.name, head.seq, "the head does not match the last event")
    yield from _verify_texts(head.name)


def _verify_event(event: Event, previous: str) -> Iterator[Fault]:
    if event.previous != previous:
        yield Fault(event.stream, event.seq, "does not follow the event before it")
    if digest(event) != event.sha256:
        yield Fault(event.stream, event.seq, "was edited")
    if not _is_sealed(event):
        yield Fault(event.stream, event.seq, "was not sealed by this desk")


def _verify_texts(stream: str) -> Iterator[Fault]:
    """A text equals its hash or was emptied; it never says something else."""
    rows = EventText.objects.filter(event__stream=stream).exclude(salt="")
    for row in rows.select_related("event").iterator(chunk_size=500):
        if row.event.payload.get("texts", {}).get(row.name) != _text_hash(row):
            yield Fault(stream, row.event.seq, f"its text {row.name} was edited")


def _orphans() -> Iterator[Fault]:
    known = Stream.objects.values("name")
    for event in Event.objects.exclude(stream__in=known).order_by("stream", "seq"):
        yield Fault(event.stream, event.seq, "belongs to no stream")


def verify_versions(objects: Iterable[Any]) -> Iterator[Fault]:
    """Objects whose row is not where their last event left it."""
    for obj in objects:
        last = (
            Event.objects.filter(object_type=obj.OBJECT_TYPE, object_id=obj.pk)
            .exclude(object_version=None)
            .order_by("-object_version")
            .first()
        )
        expected = (last.object_version, last.target) if last else (0, obj.INITIAL)
        if (obj.version, obj.state) != expected:
            seq = last.seq if last else 0
            yield Fault(obj.stream, seq, f"{obj} is not where its events left it")


def verify_heads(heads: Mapping[str, tuple[int, str]]) -> Iterator[Fault]:
    """Hold the ledger against heads kept outside the database: {stream: (seq, hash)}.

    This finds what a chain alone cannot: a tail cut off together with its head, or a
    whole stream that is gone.
    """
    for name, (seq, sha256) in sorted(heads.items()):
        if seq == 0:
            continue
        event = Event.objects.filter(stream=name, seq=seq).first()
        if event is None:
            yield Fault(name, seq, "stood here when the anchor was written")
        elif event.sha256 != sha256:
            yield Fault(name, seq, "differs from the anchor")
