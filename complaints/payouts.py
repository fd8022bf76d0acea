"""The exchange's own ledger, told over signed HTTP to pay or to take back.

One fixed base (``PAYOUT_URL``). ``POST /v1/orders`` with an ``Idempotency-Key`` gives
an order, ``GET /v1/orders/<key>`` asks what became of it. Each request is signed with
``PAYOUT_KEY``: HMAC-SHA-256 over method, path, time (Unix seconds), nonce, last moment
at which an order may be begun (Unix seconds), key, and SHA-256 of the body, a line
each. docs/payouts.md says what the ledger has to answer.

Only what the ledger itself says about this very key is believed. Everything else is
``Unknown``: an order may have been carried out, whatever a server in between says.
"""

import hashlib
import json
import secrets
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from django.conf import settings

from complaints import exchange

SECONDS = 10.0
LIMIT = 64_000
PATH = "/v1/orders"


class Unsent(Exception):
    """For certain nothing was begun; it may be told again."""


class Unknown(Exception):
    """Nobody knows whether it was carried out; ask by the key first."""


class Refused(Exception):
    """The ledger says that it does not do this, and did not; its reason in words."""


@dataclass(frozen=True)
class Order:
    """What is to be done. ``amount`` in plain digits; ``of`` is the key of the payment
    that is taken back, empty where something is paid."""

    key: str
    kind: str
    to: str
    asset: str
    amount: str
    reference: str
    of: str = ""


@dataclass(frozen=True)
class Receipt:
    """Done; ``number`` is the ledger's own for the booking."""

    number: str


def is_set_up() -> bool:
    return bool(settings.PAYOUT_URL and settings.PAYOUT_KEY)


def give(order: Order, *, until: datetime, seconds: float = SECONDS) -> Receipt:
    """Have it carried out, to be begun by ``until`` or never.

    Raises ``Unsent``, ``Refused`` or ``Unknown``.
    """
    body = json.dumps(asdict(order), sort_keys=True).encode()
    try:
        status, said = _say("POST", PATH, order.key, body, until, seconds)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as e:
        raise Unsent(type(e).__name__) from None
    state = _state(said, order.key)
    if status in (200, 201) and state == "done":
        return _receipt(said, order)
    if status in (409, 422) and state == "refused":
        raise Refused(str(said.get("reason", ""))[:300])
    if state == "late" or (status in (429, 503) and state == "busy"):
        raise Unsent(f"{status} {state}")
    if status in (401, 403) and state == "unsigned":
        raise Unsent(f"{status} PAYOUT_KEY is not believed")
    raise Unknown(f"status {status} {state}".strip())


def ask(order: Order, *, seconds: float = SECONDS) -> Receipt | None:
    """What became of it; None where the ledger never began such an order.

    Raises ``Refused`` or ``Unknown``.
    """
    path = f"{PATH}/{quote(order.key, safe='')}"
    try:
        status, said = _say("GET", path, order.key, b"", None, seconds)
    except httpx.HTTPError as error:
        raise Unknown(type(error).__name__) from None
    state = _state(said, order.key)
    if status == 200 and state == "done":
        return _receipt(said, order)
    if status == 404 and state == "unknown":
        return None
    raise Unknown(f"status {status} {state}".strip())


def _say(
    method: str,
    path: str,
    key: str,
    body: bytes,
    until: datetime | None,
    seconds: float,
) -> tuple[int, dict[str, Any]]:
    base = settings.PAYOUT_URL.rstrip("/")
    if not (is_set_up() and exchange.is_safe(base)):
        raise httpx.UnsupportedProtocol("PAYOUT_URL is neither https nor here")
    headers = _headers(method, urlsplit(base).path + path, key, body, until)
    try:
        status, raw = exchange.call(
            method, base + path, headers, body=body, seconds=seconds, limit=LIMIT
        )
    except httpx.InvalidURL as error:
        raise httpx.UnsupportedProtocol(str(error)) from None
    except (exchange.ExchangeDown, httpx.HTTPError) as error:
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            raise
        raise Unknown(f"{type(error).__name__} {error}"[:200]) from None
    return status, _json(raw)


def _headers(
    method: str, target: str, key: str, body: bytes, until: datetime | None
) -> dict[str, str]:
    at, nonce = str(int(time.time())), secrets.token_hex(16)
    last = str(int(until.timestamp())) if until else ""
    digest = hashlib.sha256(body).hexdigest()
    signed = exchange.signature(
        settings.PAYOUT_KEY, method, target, at, nonce, last, key, digest
    )
    return {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "X-Recourse-Time": at,
        "X-Recourse-Nonce": nonce,
        "X-Recourse-Until": last,
        "X-Recourse-Signature": signed,
    }


def _json(raw: bytes) -> dict[str, Any]:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _state(said: dict[str, Any], key: str) -> str:
    """What the ledger says of this key; nothing where it speaks of another."""
    return str(said.get("state", ""))[:20] if said.get("key") == key else ""


def _receipt(said: dict[str, Any], order: Order) -> Receipt:
    """Done is believed only of the very order that was given."""
    same = ("kind", "to", "asset", "amount")
    if any(said.get(name) != getattr(order, name) for name in same):
        raise Unknown("done, but another order under this key")
    number = str(said.get("number", ""))[:200]
    if not number:
        raise Unknown("done, but without a number")
    return Receipt(number)
