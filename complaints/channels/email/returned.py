"""A bounce, written onto the notice that it names."""

from __future__ import annotations

from typing import Any

from complaints import ledger
from complaints.channels.email.delivery import DeliveryFact, delivery_facts
from complaints.channels.reasons import Reason
from complaints.channels.safetext import one_line
from complaints.channels.work import Verdict, Work, channel_actor
from complaints.models import Outbox, OutboxStatus
from complaints.permissions import Viewer
from complaints.states import Channel, Intake

FAILED = "failed"


def note(work: Work) -> Verdict:
    """Drop the bounce, after telling the notice what became of it.

    A Message-ID of ours holds a signature that only its recipient ever saw, so a
    stranger cannot declare a letter undelivered. A notice has one recipient: however
    many a report tells of, they are written down once.
    """
    facts = delivery_facts(work.inbound.raw)
    row = _row(facts[0]) if facts else None
    if row is not None:
        failed = (fact for fact in facts if fact.action == FAILED)
        _mark(next(failed, facts[0]), row, work)
    case = row.complaint if row else None
    said = {"delivery": [_kept(fact) for fact in facts[:10]]} if facts else {}
    return Verdict(Intake.DROPPED, Reason.BOUNCE, complaint=case, facts=said)


def _row(fact: DeliveryFact) -> Outbox | None:
    if not fact.original_message_id:
        return None
    rows = Outbox.objects.select_related("complaint")
    return rows.filter(message_id=fact.original_message_id).first()


def _mark(fact: DeliveryFact, row: Outbox, work: Work) -> None:
    """A failure ends the notice; a delay is only written down."""
    if row.complaint is not None:
        head = ledger.lock(row.complaint.stream)
        ledger.append(row.complaint.stream, _entry(fact, row, work), head=head)
    if fact.action == FAILED:
        error = one_line(f"Bounced: {fact.status} {fact.diagnostic}", 300)
        mine = Outbox.objects.filter(pk=row.pk, status=OutboxStatus.SENT)
        mine.update(status=OutboxStatus.DEAD, error=error)


def _entry(fact: DeliveryFact, row: Outbox, work: Work) -> ledger.Entry:
    payload = {
        "notice": row.pk,
        "letter": row.letter_id,
        "action": fact.action,
        "status": fact.status,
    }
    viewer = Viewer(user=channel_actor(Channel.EMAIL))
    return ledger.Entry("notice_returned", viewer, work.now, payload)


def _kept(fact: DeliveryFact) -> dict[str, Any]:
    return {
        "recipient": fact.recipient,
        "action": fact.action,
        "status": fact.status,
        "message_id": fact.original_message_id[:200],
    }
