"""How the account pages send their mail."""

import uuid
from functools import partial
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.sites.shortcuts import get_current_site
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from complaints.models import Outbox
from complaints.outbox import RELAY
from config.celery import wake


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Puts mail into the outbox instead of waiting for a mail server.

    So a failing server loses no link, and the time an answer takes says nothing about
    whether an address is known.
    """

    request: HttpRequest

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        site = get_current_site(self.request)
        known = {"request": self.request, "email": email, "current_site": site}
        message = self.render_mail(template_prefix, email, {**known, **context})
        now = timezone.now()
        Outbox.objects.create(
            key=f"account:{uuid.uuid4()}",
            kind="account",
            recipient=email,
            subject=message.subject[:200],
            body=message.body,
            due_at=now,
            created_at=now,
        )
        transaction.on_commit(partial(wake, RELAY))
