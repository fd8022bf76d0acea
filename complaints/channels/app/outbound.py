"""Calls a webhook: signed, to a public address, and patient with whoever is down.

Signatures are those of Standard Webhooks: ``webhook-id`` stays the same however often
a call is repeated, so that the receiver takes it once.
"""

import hashlib
from datetime import datetime

from django.utils import timezone
from standardwebhooks import Webhook

from complaints.channels.app import calls
from complaints.channels.app.events import may_hear
from complaints.channels.app.models import Endpoint
from complaints.models import Outbox
from complaints.outbox import Deferred, Undeliverable
from complaints.states import Barrier

LATER = frozenset({408, 425, 429})
GONE = 410


def send(row: Outbox) -> None:
    """Deliver ``row``. Raises ``Deferred`` or ``Undeliverable``."""
    endpoint = _endpoint(row)
    if row.complaint and row.complaint.barrier != Barrier.NONE:
        raise Undeliverable("The case was barred meanwhile.", final=True)
    if row.complaint and not may_hear(endpoint, row.complaint):
        raise Undeliverable("Its customer ended the app meanwhile.", final=True)
    headers = signed(row, endpoint, timezone.now())
    try:
        status = calls.post(endpoint.url, row.body.encode(), headers)
    except calls.Forbidden as error:
        raise Undeliverable(str(error)) from error
    except calls.Unreachable as error:
        raise Deferred(str(error)) from error
    _judge(status, endpoint)


def _endpoint(row: Outbox) -> Endpoint:
    pk = row.recipient.rpartition(" ")[2]
    found = Endpoint.objects.filter(pk=pk).first() if pk.isdecimal() else None
    if found is None or not found.active:
        raise Undeliverable("This webhook is not in use.", final=True)
    return found


def signed(row: Outbox, endpoint: Endpoint, now: datetime) -> dict[str, str]:
    """The headers of one call, signed by each secret that is good now."""
    ident = "msg_" + hashlib.sha256(row.key.encode()).hexdigest()[:32]
    secrets = endpoint.secrets(now)
    if not secrets:
        raise Undeliverable("Its secret cannot be opened any more.", final=True)
    signatures = [Webhook(one).sign(ident, now, row.body) for one in secrets]
    return {
        "content-type": "application/json",
        "user-agent": "Recourse",
        "webhook-id": ident,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _judge(status: int, endpoint: Endpoint) -> None:
    if 200 <= status < 300:
        return
    words = f"It answered {status}."
    if status == GONE:
        Endpoint.objects.filter(pk=endpoint.pk).update(active=False, stopped_for=words)
        raise Undeliverable(words, final=True)
    if status >= 500 or status in LATER:
        raise Deferred(words)
    raise Undeliverable(words)
