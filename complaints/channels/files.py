"""Files that a provider keeps for us: owed by a notice of their own, fetched by a
relay of their own, which tries again and gives up in the open; no letter waits for one.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import partial

from django.db import transaction

from complaints import ledger, outbox
from complaints.channels.work import channel_actor
from complaints.errors import InvalidInput
from complaints.models import Complaint, Evidence, Message, Outbox, RawMessage
from complaints.outbox import Undeliverable
from complaints.permissions import Viewer
from complaints.services.evidence import Upload, add_evidence
from complaints.services.evidence_types import sniffed_type
from complaints.states import EvidenceKind
from config.celery import wake

FETCH = "complaints.channels.tasks.fetch_files"


def owe(
    raw: RawMessage,
    complaint: Complaint,
    *,
    channel: str,
    address: str,
    name: str,
    key: str,
    now: datetime,
) -> None:
    """Have ``channel`` of the relay fetch a file of ``raw``, once a ``key``.

    ``address`` is how the provider knows the file; it is never a URL from outside.
    """
    row = Outbox(
        key=f"file:{raw.provider}:{raw.pk}:{key}"[:120],
        kind=outbox.FILE,
        complaint=complaint,
        channel=channel,
        recipient=address,
        recipient_name=name,
        subject=str(raw.pk),
        due_at=now,
        created_at=now,
    )
    outbox.put(row)
    transaction.on_commit(partial(wake, FETCH))


@transaction.atomic
def keep(
    row: Outbox,
    content: bytes,
    *,
    provider: str,
    kind: str = EvidenceKind.CUSTOMER_FILE,
) -> None:
    """Seal the fetched file into its case. Fetched twice, it is kept once.

    Raises ``Undeliverable`` where the case cannot take it.
    """
    complaint = row.complaint
    if complaint is None:
        raise Undeliverable("The case of this file is gone.", final=True)
    ledger.lock(complaint.stream)
    message = Message.objects.filter(raw_id=int(row.subject)).first()
    digest = hashlib.sha256(content).hexdigest()
    known = Evidence.objects.filter(
        complaint=complaint, source=provider, sha256=digest, message=message
    )
    if known.exists():
        return
    try:
        add_evidence(
            complaint=complaint,
            upload=Upload(row.recipient_name, content),
            actor=_mouth(complaint, provider),
            kind=kind,
            source=provider,
            message=message,
            unchecked_type=sniffed_type(content) is None,
        )
    except InvalidInput as error:
        raise Undeliverable(str(error), final=True) from error


def _mouth(complaint: Complaint, provider: str) -> Viewer:
    """The channel, speaking for the customer of this one case."""
    return Viewer(
        user=channel_actor(provider),
        parties=frozenset({complaint.customer_id}),
        only=frozenset({complaint.pk}),
    )
