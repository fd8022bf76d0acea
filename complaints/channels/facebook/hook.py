"""``/hooks/facebook/``: Meta's handshake, and deliveries that Meta signed."""

from __future__ import annotations

import hmac
import re
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from complaints.channels import pipeline
from complaints.channels.facebook import payload
from complaints.channels.facebook.inbound import PROVIDER
from complaints.channels.webhook import (
    HEX,
    Malformed,
    Refused,
    ask_header,
    hook,
    problem,
    refuse_replay,
    same,
)

SIGNATURE = "X-Hub-Signature-256"

TRIES_FOR = timedelta(hours=36)
"""Meta tries "with decreasing frequency over the next 36 hours".
Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started"""

_CHALLENGE = re.compile(r"[\w-]{1,100}", re.ASCII)


def is_set_up() -> bool:
    return bool(settings.FACEBOOK_APP_SECRET and settings.FACEBOOK_PAGE_ID)


def signature(content: bytes) -> str:
    """As Meta signs: ``sha256=`` and the HMAC in hex, under the secret of the app."""
    digest = hmac.digest(settings.FACEBOOK_APP_SECRET.encode(), content, "sha256")
    return "sha256=" + digest.hex()


def begin(request: HttpRequest) -> HttpResponse | None:
    """GET is the handshake; a POST has to bring a signature."""
    if not is_set_up():
        return problem(404, "not_configured")
    if request.method == "GET":
        return _handshake(request)
    ask_header(request, SIGNATURE, HEX)
    return None


@hook("GET", "POST", first=begin)
def receive(request: HttpRequest, body: bytes) -> HttpResponse:
    """Take every item of a delivery in."""
    if not same(ask_header(request, SIGNATURE), signature(body)):
        raise Refused
    try:
        found = payload.items(body)
    except payload.NotOurs:
        raise Refused from None
    except ValueError:
        raise Malformed from None
    account = settings.FACEBOOK_PAGE_ID
    taken = [pipeline.take_in(raw, provider=PROVIDER, account=account) for raw in found]
    refuse_replay(taken, tries_for=TRIES_FOR)
    return JsonResponse({})


def _handshake(request: HttpRequest) -> HttpResponse:
    """Whoever knows our word is handed back their challenge, as plain text."""
    given = request.GET.get("hub.verify_token", "")
    if not same(given, settings.FACEBOOK_VERIFY_TOKEN):
        raise Refused
    challenge = request.GET.get("hub.challenge", "")
    if request.GET.get("hub.mode") != "subscribe" or not _CHALLENGE.fullmatch(
        challenge
    ):
        raise Malformed
    return HttpResponse(challenge, content_type="text/plain")
