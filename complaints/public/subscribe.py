"""Asking for notices by e-mail, proving the address, and leaving again."""

import secrets
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from complaints import outbox
from complaints.models import Outbox, OutboxStatus
from complaints.public import tokens
from complaints.public.mailing import KIND, absolute
from complaints.public.models import Subscriber
from complaints.states import Channel

ASKED = "subscribe"


@transaction.atomic
def ask(*, email: str, language: str, now: datetime | None = None) -> None:
    """Send the link that proves the address; the same row whether it is known or not.

    Nobody can tell from answer or time who is subscribed, and nothing is kept of
    whoever does not press the link.
    """
    moment = now or timezone.now()
    token = tokens.for_joining(email.strip().lower(), language)
    url = absolute(reverse("public:subscribe-confirm", kwargs={"token": token}))
    with override(language):
        subject = _("Confirm that you want our notices")
        body = _(
            "Somebody, probably you, asked for our notices at this address.\n\n"
            "Confirm it here within 48 hours:\n%(url)s\n\n"
            "If it was not you, do nothing: you get no other mail from this.\n\n"
            "We never ask for a password, a code, a seed phrase or a key."
        ) % {"url": url}
    outbox.put(
        Outbox(
            key=f"{ASKED}:{secrets.token_hex(16)}",
            kind=ASKED,
            channel=Channel.EMAIL,
            recipient=email.strip().lower(),
            subject=subject[:200],
            body=body,
            due_at=moment,
            created_at=moment,
        )
    )


def confirm(*, token: str, now: datetime | None = None) -> Subscriber | None:
    """Subscribe the address of the link; None where the link is not good.

    Pressed twice it changes the language at most.
    """
    found = tokens.read_joining(token)
    if found is None:
        return None
    email, language = found
    subscriber, _made = Subscriber.objects.update_or_create(
        email=email,
        defaults={"language": language},
        create_defaults={"language": language, "confirmed_at": now or timezone.now()},
    )
    return subscriber


@transaction.atomic
def leave(*, token: str) -> bool:
    """Forget the subscriber of the link and what still waits for them.

    False only for a link that was never ours: leaving twice is leaving.
    """
    found = tokens.read_leaving(token)
    if found is None:
        return False
    pk, email = found
    Subscriber.objects.filter(pk=pk, email=email).delete()
    waiting = Outbox.objects.filter(kind=KIND, recipient=email)
    waiting.filter(status=OutboxStatus.PENDING, leased_until=None).delete()
    return True
