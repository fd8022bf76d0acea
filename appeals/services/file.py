"""The frozen file: every document and every event of the first stage, numbered and
hashed."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from appeals.models import Appeal, FiledItem
from appeals.models.file import EVENT, label_of
from complaints import ledger
from complaints.models import Complaint, Decision, Event, Evidence, Letter, Message
from complaints.states import DecisionStatus, Direction

HIDDEN_FROM_CUSTOMER = frozenset({"note", "decision", EVENT})
"""Kinds of documents that only staff see; issued decisions reach people as letters."""


@dataclass(frozen=True)
class Document:
    """One document of a case: what row it is, when it came, what it says by hash."""

    kind: str
    object_id: int
    title: str
    sha256: str
    dated: datetime
    shared: bool = True

    @property
    def label(self) -> str:
        return label_of(self.kind, self.title)


def documents(complaint: Complaint) -> list[Document]:
    """Every document the case holds now, oldest first."""
    found = [
        _filing(complaint),
        *map(_message, complaint.messages.all()),
        *map(_letter, complaint.letters.all()),
        *map(_evidence, complaint.evidence.all()),
        *map(_decision, _proposed_decisions(complaint)),
    ]
    return sorted(found, key=lambda item: (item.dated, item.kind, item.object_id))


def events(complaint: Complaint, *, upto: int) -> list[Document]:
    """The events of the case's stream up to number ``upto``, in their order.

    The hash is taken anew from what the row says, not read from it.
    """
    rows = Event.objects.filter(stream=complaint.stream, seq__lte=upto)
    return [
        Document(EVENT, row.pk, f"{row.seq} {row.what}", ledger.digest(row), row.at)
        for row in rows.order_by("seq")
    ]


def _whole(appeal: Appeal) -> list[Document]:
    """What the file holds: the documents, then the events up to its end."""
    seen = events(appeal.complaint, upto=appeal.file_seq)
    return [*documents(appeal.complaint), *seen]


def freeze(appeal: Appeal) -> list[FiledItem]:
    """Write the list of the file. The hashes are those of this moment; the database
    takes no further row once the lodging stands on the ledger."""
    return FiledItem.objects.bulk_create(
        FiledItem(
            appeal=appeal,
            number=number,
            kind=item.kind,
            object_id=item.object_id,
            title=item.title[:255],
            sha256=item.sha256,
            dated=item.dated,
        )
        for number, item in enumerate(_whole(appeal), start=1)
    )


def list_hash(items: list[FiledItem]) -> str:
    """One hash over the whole list, in its order; it stands in the ledger."""
    lines = [
        f"{item.number} {item.kind} {item.object_id} {item.sha256}" for item in items
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def frozen_items(appeal: Appeal, *, for_customer: bool = False) -> list[FiledItem]:
    """The file in its order; a customer's copy has no internal documents."""
    rows = list(appeal.file.all())
    if not for_customer:
        return rows
    shown = _shared_evidence(appeal)
    return [
        row
        for row in rows
        if row.kind not in HIDDEN_FROM_CUSTOMER
        and (row.kind != "evidence" or row.object_id in shown)
    ]


def _shared_evidence(appeal: Appeal) -> set[int]:
    rows = Evidence.objects.filter(
        complaint=appeal.complaint, shared_with_customer=True
    )
    return set(rows.values_list("pk", flat=True))


def new_since(appeal: Appeal) -> list[Document]:
    """Documents that came after the file was frozen."""
    filed = {(row.kind, row.object_id) for row in appeal.file.all()}
    return [
        item
        for item in documents(appeal.complaint)
        if (item.kind, item.object_id) not in filed
    ]


def unfaithful(appeal: Appeal) -> list[FiledItem]:
    """What the file lists and no longer says what it said when it was frozen."""
    now = {(d.kind, d.object_id): d.sha256 for d in _whole(appeal)}
    return [
        row
        for row in appeal.file.all()
        if now.get((row.kind, row.object_id)) != row.sha256
    ]


# Documents ----------------------------------------------------------------------------


def _sha256(*parts: Any) -> str:
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _filing(complaint: Complaint) -> Document:
    """The complaint as it was filed, its points with it."""
    points = list(complaint.points.values_list("number", "text"))
    content = _sha256(
        complaint.reference, complaint.subject, complaint.description, points
    )
    return Document(
        "complaint", complaint.pk, complaint.reference, content, complaint.received_at
    )


def _message(row: Message) -> Document:
    kind = {
        Direction.INBOUND: "message_in",
        Direction.OUTBOUND: "message_out",
    }.get(Direction(row.direction), "note")
    content = _sha256(row.direction, row.at.isoformat(), row.text, row.full_text)
    return Document(kind, row.pk, "", content, row.at)


def _letter(row: Letter) -> Document:
    return Document("letter", row.pk, row.kind, row.sha256, row.written_at)


def _evidence(row: Evidence) -> Document:
    return Document(
        "evidence",
        row.pk,
        str(row),
        row.sha256,
        row.added_at,
        shared=row.shared_with_customer,
    )


def _proposed_decisions(complaint: Complaint) -> QuerySet[Decision]:
    """The first stage's, once they were proposed; drafts are no documents."""
    rows = complaint.decisions.filter(on_appeal=False, proposed_at__isnull=False)
    return rows.exclude(status=DecisionStatus.DRAFT)


def _decision(row: Decision) -> Document:
    dated = row.proposed_at or row.updated_at
    return Document("decision", row.pk, f"D{row.number}", row.content_hash, dated)
