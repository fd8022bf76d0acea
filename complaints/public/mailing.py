"""Mail of notices to those who asked for it, by the outbox like every other mail.

Publishing writes one row; its turn comes when the notice is in force, and it becomes
a row for each subscriber. Each carries a link by which one press ends it (RFC 8058).
"""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from complaints import outbox
from complaints.channels.email import outbound
from complaints.models import Outbox
from complaints.public import pages, tokens
from complaints.public.markup import filled, plain_text
from complaints.public.models import Area, Subscriber, Version

ANNOUNCE = "announce"
"""The relay's channel for a notice that goes to all; see ``fan_out``."""

TO_SUBSCRIBER = "newsletter"
KIND = "public-notice"
BATCH = 500


def announce(version: Version, *, now: datetime) -> None:
    """Have subscribers told once the notice is in force; in a transaction."""
    outbox.put(
        Outbox(
            key=f"notice:{version.pk}",
            kind=KIND,
            channel=ANNOUNCE,
            body=str(version.pk),
            due_at=version.effective_from or now,
            created_at=now,
        )
    )


def fan_out(row: Outbox) -> None:
    """One mail for each subscriber; run twice it writes none twice.

    Nothing where another version or a withdrawal came first.
    """
    now = timezone.now()
    live = Version.objects.in_force(now).filter(document__withdrawn_at=None)
    version = live.with_words().filter(pk=int(row.body)).first()
    if version is None:
        return
    everybody = Subscriber.objects.order_by("pk").iterator(chunk_size=BATCH)
    rows: list[Outbox] = []
    for subscriber in everybody:
        rows.append(_mail(version, subscriber, now))
        if len(rows) == BATCH:
            _keep(rows)
            rows = []
    _keep(rows)


def _keep(rows: list[Outbox]) -> None:
    with transaction.atomic():
        Outbox.objects.bulk_create(rows, ignore_conflicts=True)
        outbox.wake_after_commit()


def _mail(version: Version, subscriber: Subscriber, now: datetime) -> Outbox:
    with override(subscriber.language):
        words = version.words(subscriber.language)
        area = Area(version.document.area).label if version.document.area else ""
        path = reverse("public:notice", kwargs={"code": version.document.code})
        foot = _("You asked for our notices. To end them: %(url)s") % {
            "url": leave_url(subscriber)
        }
        known = pages.values()
        said = (filled(words.summary, known), plain_text(words.body, known))
        text = (words.title, *said, absolute(path), f"-- \n{foot}")
        subject = _("%(area)s: %(title)s") % {"area": area, "title": words.title}
    return Outbox(
        key=f"notice:{version.pk}:{subscriber.pk}",
        kind=KIND,
        channel=TO_SUBSCRIBER,
        recipient=subscriber.email,
        subject=subject[:200],
        body="\n\n".join(part for part in text if part),
        due_at=now,
        created_at=now,
    )


def send(row: Outbox) -> None:
    """Deliver to a subscriber with the way out in the head; not to who left."""
    subscriber = Subscriber.objects.filter(email=row.recipient).first()
    if subscriber is None:
        return
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    headers = {
        "List-Id": f"<notices.{host}>",
        "List-Unsubscribe": f"<{leave_url(subscriber)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    outbound.send(row, headers)


def leave_url(subscriber: Subscriber) -> str:
    token = tokens.for_leaving(subscriber)
    return absolute(reverse("public:unsubscribe", kwargs={"token": token}))


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
