"""How the account pages send their mail, and what they keep of a new person."""

import uuid
from functools import partial
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from complaints.models import Outbox
from complaints.outbox import RELAY
from complaints.portal.account import remember_language
from complaints.throttle import holder_of
from config.celery import wake
from teams.templatetags.sessions import device


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Puts mail into the outbox instead of waiting for a mail server.

    So a failing server loses no link, and the time an answer takes says nothing about
    whether an address is known.
    """

    request: HttpRequest

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whom tries are counted by. Refuses a request without an address."""
        return holder_of(super().get_client_ip(request))

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

    def save_user(
        self, request: HttpRequest, user: Any, form: Any, commit: bool = True
    ) -> Any:
        """A new person is written to in the language of the page they signed up on."""
        user.language = get_language() or "en"
        return super().save_user(request, user, form, commit)

    def post_login(
        self, request: HttpRequest, user: Any, **kwargs: Any
    ) -> HttpResponse:
        """Open the pages in the language of the account.

        A language that was chosen in this browser stands until its owner has saved
        one in the preferences.
        """
        response: HttpResponse = super().post_login(request, user, **kwargs)
        chosen_here = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if user.preferred_at or not chosen_here:
            remember_language(response, user.language)
        return response


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names a new passkey after the browser it was made in."""

    def generate_authenticator_name(self, user: Any, kind: Any) -> str:
        return device(context.request.headers.get("User-Agent", ""))
