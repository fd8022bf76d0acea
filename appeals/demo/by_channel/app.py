"""Filing by the app: the exchange's backend signs a token, the API takes the complaint,
and a signed webhook brings the acknowledgement back."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from ipaddress import ip_network
from typing import TYPE_CHECKING

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.test import Client as Browser
from django.test import override_settings

from appeals.demo.standins.webhook import Receiver, receiving
from appeals.demo.visitor import DoorClosed, Visitor
from complaints.api.client import Client, Problem
from complaints.channels.app import webhooks
from complaints.channels.app.models import Endpoint
from complaints.models import Complaint, Event
from config.app_keys import AppKey, AppKeys
from teams.services import name_account

if TYPE_CHECKING:
    from appeals.demo.way import Walk
    from complaints.api.client.generated import FilingInRequest

ISSUER = "https://exchange.walk.example"
SCREENSHOT = b"\x89PNG\r\n\x1a\n a picture of the withdrawal"


def file(walk: Walk) -> str:
    """File and add a file with a token a request; see the receipt come by webhook."""
    key = ec.generate_private_key(ec.SECP256R1())
    trusted = AppKeys(ISSUER, {"walk": AppKey(key.public_key(), "ES256")})
    receiver = walk.meanwhile.enter_context(receiving())
    local = [ip_network("127.0.0.0/8")]
    configured = override_settings(APP_TOKENS=trusted, WEBHOOK_NETWORKS=local)
    walk.meanwhile.enter_context(configured)
    endpoint = _endpoint(receiver)
    walk.meanwhile.callback(endpoint.delete)
    account = _account(walk)
    with _client(lambda: _token(key, account)) as client:
        _file(walk, client)
    walk.relay()
    _check_receipt(walk, receiver)
    return "customer (app)"


def _endpoint(receiver: Receiver) -> Endpoint:
    endpoint = Endpoint(name=f"walk {uuid.uuid4().hex[:8]}", url=receiver.url)
    webhooks.prepare(endpoint)
    endpoint.save()
    receiver.secret = endpoint.secret
    return endpoint


def _account(walk: Walk) -> str:
    """The account at the exchange that is the customer's, as the sign-on names it."""
    user = walk.cast["customer"]
    if not user.account_id:
        name_account(user=user, account_id=f"EX-{uuid.uuid4().hex[:8]}", actor=user)
    return user.account_id


def _token(key: ec.EllipticCurvePrivateKey, account: str) -> str:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": settings.SITE_URL,
        "sub": account,
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
        "scope": "complaints:read complaints:write",
    }
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": "walk"})


class _Desk(httpx.BaseTransport):
    """The desk in this process, reached through its whole HTTP stack."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        given = dict(request.headers.items())
        answer = self._browser.generic(
            request.method,
            request.url.raw_path.decode(),
            request.read(),
            given.pop("content-type", "application/json"),
            secure=True,
            headers=given,
        )
        content = b"".join(answer) if answer.streaming else answer.content
        return httpx.Response(
            answer.status_code, headers=dict(answer.items()), content=content
        )


def _client(token: Callable[[], str]) -> Client:
    visitor = Visitor()
    http = httpx.Client(transport=_Desk(visitor.client))
    return Client(f"https://{visitor.host}", token, http=http)


def _file(walk: Walk, client: Client) -> None:
    told: FilingInRequest = {
        "description": walk.filing["description"],
        "subject": walk.filing["subject"],
        "points": walk.filing["points"].splitlines(),
        "category": walk.filing["category"],
        "desired_outcome": walk.filing["desired_outcome"],
        "asset": walk.filing["asset"],
        "amount": walk.filing["amount"].replace(",", ""),
    }
    try:
        filed = client.complaints_create(told, idempotency_key=uuid.uuid4().hex)
        client.upload(filed["reference"], "screenshot.png", SCREENSHOT)
    except Problem as refused:
        raise DoorClosed(f"the API said {refused}") from refused
    walk.case = Complaint.objects.get(reference=filed["reference"])


def _check_receipt(walk: Walk, receiver: Receiver) -> None:
    case = walk.complaint
    told = [e["data"] for e in receiver.events("letter.created")]
    if (case.reference, "receipt") not in {(t["reference"], t["kind"]) for t in told}:
        raise DoorClosed("no webhook brought the receipt")
    if not Event.objects.filter(stream=case.stream, what="acknowledged").exists():
        raise DoorClosed("the webhook did not count as the acknowledgement")
    if not case.evidence.filter(original_name="screenshot.png").exists():
        raise DoorClosed("the file did not come")
