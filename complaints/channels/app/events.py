"""What the exchange is told when something happened: ids and the public status.

Rows of the outbox, written in the transaction of their cause and relayed like every
notice. Nothing that anybody wrote is in them, and of a barred case there are none.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from complaints import batch, outbox
from complaints.channels.app import connected
from complaints.channels.app.models import Endpoint
from complaints.channels.app.names import EventType
from complaints.models import Complaint, Letter, Message, Outbox
from complaints.notifications import NOTICES, notice
from complaints.registry import Done
from complaints.states import PUBLIC_LABELS, Barrier, Channel, Direction
from complaints.workflow import transitions_of
from config.memory import remembered

WEBHOOK = "webhook"
"""The relay's channel of these rows, and their kind."""

BY_NAME = {
    ("complaint", "file"): EventType.FILED,
    ("complaint", "issue_decision"): EventType.DECISION,
    ("remedy", "complete"): EventType.REMEDY,
    ("appeal", "appeal_lodged"): EventType.APPEAL,
    ("appeal", "rule"): EventType.RULING,
}
Said = tuple[EventType, dict[str, Any], Letter | None]


def sign_up() -> None:
    """Be told of everything; once, while apps start."""
    names = {*NOTICES, ("complaint", "message_in"), *BY_NAME}
    names |= {("complaint", name) for name in transitions_of(Complaint)}
    for object_type, name in sorted(names):
        notice(object_type, name)(tell)


def tell(done: Done) -> None:
    """Write a row for each event and each endpoint that asked for it."""
    endpoints = _endpoints()
    if not endpoints:
        return
    batch.flush()  # they are told of rows that are read
    rows: list[Outbox] = []
    for endpoint in endpoints:
        if may_hear(endpoint, done.obj.case):
            rows += _rows(done, endpoint)
    outbox.put_all(rows)


@remembered
def _endpoints() -> list[Endpoint]:
    return list(Endpoint.objects.filter(active=True))


def may_hear(endpoint: Endpoint, case: Complaint) -> bool:
    """Whether its owner may know of this case: the exchange of all but barred ones, an
    app of those whose customer lets it read them now."""
    if case.barrier != Barrier.NONE:
        return False
    app = endpoint.client_id
    return app is None or connected.reads_for(app, case.customer.user)


def _rows(done: Done, endpoint: Endpoint) -> Iterator[Outbox]:
    case: Complaint = done.obj.case
    cause = f"{done.event.stream}#{done.event.seq}"
    for number, (kind, ids, letter) in enumerate(_said(done, case)):
        if kind in endpoint.events:
            body = {**_public(case), **ids}
            key = f"{cause}:{WEBHOOK}:{endpoint.pk}:{number}"
            yield row_of(endpoint, kind, body, key, done.now, case, letter)


def _said(done: Done, case: Complaint) -> Iterator[Said]:
    """What one event means outside; nothing for what is ours alone."""
    kind = BY_NAME.get((done.obj.OBJECT_TYPE, done.transition))
    if kind is not None:
        yield kind, _ids(done), None
    if done.obj is case and _label(done.source) not in ("", _label(done.target)):
        yield EventType.STATE_CHANGED, {"was": _label(done.source)}, None
    for message in _written(done, case):
        by = "customer" if message.direction == Direction.INBOUND else "desk"
        yield EventType.MESSAGE, {"message": message.pk, "by": by}, None
    for letter in case.letters.filter(written_at=done.now).order_by("pk"):
        ids = {"letter": letter.pk, "kind": letter.kind}
        # Where the app is the way a customer came, this call is what brings it.
        mine = letter if case.channel == Channel.APP else None
        yield EventType.LETTER, ids, mine


def _written(done: Done, case: Complaint) -> list[Message]:
    """What was said by this event and is no note: a message, a question, an answer."""
    rows = case.messages.filter(at=done.now).order_by("pk")
    found = {message.pk: message for message in rows}
    if isinstance(own := done.fields.get("message"), Message):
        found[own.pk] = own
    return [m for m in found.values() if m.direction != Direction.INTERNAL]


def _ids(done: Done) -> dict[str, Any]:
    named = done.obj.OBJECT_TYPE
    return {} if named == "complaint" else {named: done.obj.pk}


def _label(state: str) -> str:
    label = PUBLIC_LABELS.get(state)
    return label.value if label else ""


def _public(case: Complaint) -> dict[str, Any]:
    """What anybody at the exchange may know of any case."""
    user = case.customer.user
    return {
        "reference": case.reference,
        "version": case.version,
        "status": case.public_label.value,
        "channel": case.channel,
        "account": user.account_id if user else "",
    }


def row_of(
    endpoint: Endpoint,
    kind: EventType,
    data: dict[str, Any],
    key: str,
    now: datetime,
    case: Complaint | None = None,
    letter: Letter | None = None,
) -> Outbox:
    """The unsaved row of one call; its body is sent as it stands here."""
    body = {"type": kind.value, "timestamp": now.isoformat(), "data": data}
    return Outbox(
        key=key[:120],
        kind=WEBHOOK,
        complaint=case,
        letter=letter,
        channel=WEBHOOK,
        recipient=f"webhook {endpoint.pk}",
        recipient_name=endpoint.name,
        subject=kind.value,
        body=json.dumps(body, separators=(",", ":"), ensure_ascii=False),
        due_at=now,
        created_at=now,
    )


def try_out(endpoint: Endpoint, *, now: datetime | None = None) -> None:
    """Have the endpoint called with an event that means nothing."""
    moment = now or timezone.now()
    key = f"{WEBHOOK}:test:{endpoint.pk}:{moment.timestamp()}"
    outbox.put(row_of(endpoint, EventType.TEST, {}, key, moment))
