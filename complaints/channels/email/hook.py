"""``/hooks/email/``: mail that a provider receives for us and posts here."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
from anymail.exceptions import AnymailConfigurationError
from anymail.webhooks.base import AnymailBaseWebhookView, AnymailBasicAuthMixin
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from complaints.channels.email import dedupe, inbound, parse
from complaints.channels.email.posted import Posted
from complaints.channels.email.providers import PROVIDERS, Mail, Provider, rebuilt
from complaints.channels.webhook import (
    HMAC_SHA1,
    Malformed,
    Refused,
    ask_header,
    hook,
    problem,
)

logger = logging.getLogger(__name__)

LIMIT = parse.MAX_MESSAGE * 3 // 2
"""Bytes of a proven delivery: the largest mail that is read, in base64 or a form."""

FRESH = timedelta(hours=12)
"""So old a signature may be: longer than the providers try again."""


def begin(request: HttpRequest) -> HttpResponse | None:
    """The user and password stand in a header: a stranger's mail is never read."""
    provider = configured()
    if provider is None:
        return problem(404, "not_configured")
    if request.method == "HEAD":
        return HttpResponse()
    if settings.MAIL_HOOK_PROVIDER == "amazon_ses" and not _shown(request):
        # Amazon shows its password only when asked for it.
        asks = {"WWW-Authenticate": 'Basic realm="mail"'}
        return HttpResponse(status=401, headers=asks)
    if provider.header:
        ask_header(request, provider.header, HMAC_SHA1)
    if settings.MAIL_HOOK_SECRET:
        view = _view(provider)
        _prove(lambda: AnymailBasicAuthMixin.validate_request(view, request))
    return None


def _shown(request: HttpRequest) -> bool:
    return "HTTP_AUTHORIZATION" in request.META


def most() -> int:
    """Bytes of one delivery. What stands in the body proves it only once it is read,
    so of a provider that signs so no more is read than it says that it sends."""
    provider = configured()
    return min(LIMIT, (provider and provider.largest) or LIMIT)


@hook("POST", "HEAD", first=begin, limit=most)
def receive(request: HttpRequest, body: bytes) -> HttpResponse:
    """Take the mails of one delivery in; 503 where the provider should try again."""
    name, provider = settings.MAIL_HOOK_PROVIDER, configured()
    if provider is None:
        return problem(404, "not_configured")
    posted, view = Posted(request, body), _view(provider)
    _prove(lambda: view.run_validators(posted))
    try:
        for mail in _mails(provider, view, posted):
            inbound.receive(mail.raw, received_at=mail.received_at)
    except (DatabaseError, httpx.HTTPError) as error:
        logger.warning("A delivery of %s waits: %s", name, type(error).__name__)
        return problem(503, "try_again")
    return HttpResponse()


def configured() -> Provider | None:
    """The provider that posts to us; None where one, or what proves it, is missing."""
    provider = PROVIDERS.get(settings.MAIL_HOOK_PROVIDER)
    if provider is None or (provider.key and not settings.MAIL_HOOK_KEY):
        return None
    proven = provider.signs or ":" in settings.MAIL_HOOK_SECRET
    return provider if proven else None


def _view(provider: Provider) -> AnymailBaseWebhookView:
    given: dict[str, Any] = {"webhook_secret": settings.MAIL_HOOK_SECRET}
    if provider.key:
        given[provider.key] = settings.MAIL_HOOK_KEY
    if provider.key == "webhook_key":
        given["webhook_url"] = settings.SITE_URL + reverse("hook-email")
    return provider.view(**given)


def _prove(check: Callable[[], None]) -> None:
    try:
        check()
    except Exception:
        # Whatever its check stumbles over, nobody proved anything.
        raise Refused from None


def _mails(
    provider: Provider, view: AnymailBaseWebhookView, posted: Posted
) -> list[Mail]:
    """What was delivered; the whole delivery, for a person, where it makes no sense.

    Its sender is proven by now, so what we cannot read may be somebody's complaint.
    """
    try:
        found = (
            [Mail(posted.body)]
            if posted.is_cut
            else provider.raw(posted) or _rebuilt(view, posted)
        )
    except httpx.HTTPError:
        raise
    except AnymailConfigurationError:
        # News of another kind than mail: the address was given for the wrong purpose.
        raise Malformed from None
    except Exception:
        logger.exception("A delivery cannot be read.")
        found = [Mail(posted.body)]
    for mail in found:
        _ask_fresh(mail)
    return found


def _rebuilt(view: AnymailBaseWebhookView, posted: Posted) -> list[Mail]:
    return [
        Mail(rebuilt(event.message), event.timestamp, posted.POST.get("token", ""))
        for event in view.parse_events(posted)
    ]


def _ask_fresh(mail: Mail) -> None:
    """Mailgun signs a time and a token, and not the mail: so both are good for one
    mail, however often it is repeated, and not for ever."""
    if not mail.token:
        return
    if mail.received_at is None or timezone.now() - mail.received_at > FRESH:
        raise Refused
    stands_for = dedupe.external_id(mail.raw)
    key = f"mail-hook:{hashlib.sha256(mail.token.encode()).hexdigest()}"
    cache.add(key, stands_for, timeout=2 * FRESH.total_seconds())
    if cache.get(key, stands_for) != stands_for:
        raise Refused
