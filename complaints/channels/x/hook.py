"""``/hooks/x/``: the challenge that proves us to X, and deliveries that X signed.

Challenge and signature are the same HMAC under the same key, so whoever may choose the
challenge could have a body signed by us. What we answer is therefore no longer than a
token, and holds no sign without which there is no JSON object.
"""

from __future__ import annotations

import base64
import hmac
import re
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from complaints.channels import pipeline
from complaints.channels.webhook import (
    Malformed,
    Refused,
    ask_header,
    hook,
    problem,
    refuse_replay,
    same,
)
from complaints.channels.x import payload
from complaints.channels.x.inbound import PROVIDER

SIGNATURE = "X-Twitter-Webhooks-Signature"
SHAPE = re.compile(r"sha256=[A-Za-z0-9+/]{43}=", re.ASCII)
TRIES_FOR = timedelta(days=5)
"""X itself tries again for five minutes; who asks for it has five days delivered anew.
Source: https://developer.x.com/en/docs/x-api/enterprise/account-activity-api/guides
(activity-retries, activity-replay-api)"""

_TOKEN = re.compile(r"[A-Za-z0-9+/=_.-]{1,256}")


def is_set_up() -> bool:
    return bool(settings.X_API_SECRET and payload.account())


def signature(content: bytes) -> str:
    """As X signs: ``sha256=`` and the HMAC in Base64, under the secret of the app."""
    digest = hmac.digest(settings.X_API_SECRET.encode(), content, "sha256")
    return "sha256=" + base64.b64encode(digest).decode()


def begin(request: HttpRequest) -> HttpResponse | None:
    """GET is the challenge; a POST has to bring a signature."""
    if not is_set_up():
        return problem(404, "not_configured")
    if request.method == "GET":
        return _challenged(request.GET.get("crc_token", ""))
    ask_header(request, SIGNATURE, SHAPE)
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
    account = payload.account()
    taken = [pipeline.take_in(raw, provider=PROVIDER, account=account) for raw in found]
    refuse_replay(taken, tries_for=TRIES_FOR)
    return JsonResponse({})


def _challenged(token: str) -> HttpResponse:
    if not _TOKEN.fullmatch(token):
        raise Malformed
    return JsonResponse({"response_token": signature(token.encode())})
