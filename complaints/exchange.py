"""What the exchange's own systems hold of an account, asked over signed HTTP.

One fixed base (``EXCHANGE_URL``), GET alone, no redirects, short waits, a limit of
bytes and rows. Each request is signed with ``EXCHANGE_KEY``: HMAC-SHA-256 over method,
path with query, time (Unix seconds) and a nonce, a line each.
"""

import hmac
import json
import secrets
import time
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
from django.conf import settings

LIMIT = 2_000_000
MOST_ROWS = 500
SECONDS = 10.0
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})

COLUMNS: dict[str, tuple[str, ...]] = {
    "withdrawals": ("at", "id", "amount", "asset", "network", "address", "status"),
    "deposits": ("at", "id", "amount", "asset", "network", "txid", "status"),
    "trades": ("at", "id", "pair", "side", "amount", "price", "fee"),
    "logins": ("at", "ip", "country", "device", "result"),
    "logs": ("at", "system", "level", "message"),
}
"""What is shown of each kind of record, in this order."""


class ExchangeDown(Exception):
    """Nobody answers, or with something that is no answer; the reason in words."""


@dataclass(frozen=True)
class Answer:
    """The bytes as they came, and the rows that stand in them."""

    raw: bytes
    rows: list[dict[str, str]]


def is_set_up() -> bool:
    return bool(settings.EXCHANGE_URL and settings.EXCHANGE_KEY)


def signature(key: str, *lines: str) -> str:
    """Hexadecimal, over a line each: here method, path with query, time, nonce."""
    return hmac.digest(key.encode(), "\n".join(lines).encode(), "sha256").hex()


def ask(
    account: str, kind: str, *, since: date, until: date, seconds: float = SECONDS
) -> Answer:
    """Records of one kind (a key of ``COLUMNS``) of one account, from ``since`` to
    ``until`` including both. Raises ``ExchangeDown``."""
    query = urlencode({"since": since, "until": until, "limit": MOST_ROWS})
    raw = _ask(f"/v1/accounts/{quote(account, safe='')}/{kind}?{query}", seconds)
    return Answer(raw, _of_account(raw, account, kind))


def affected(
    *, asset: str, since: date, until: date, named: str = "", seconds: float = SECONDS
) -> list[dict[str, str]]:
    """Accounts that one incident hit: rows of account, id, amount, asset.

    ``named`` is a transaction, an address or a number they all have to do with.
    Raises ``ExchangeDown``.
    """
    asked = {"asset": asset, "since": since, "until": until, "named": named}
    query = urlencode({**asked, "limit": MOST_ROWS})
    return rows_of(_ask(f"/v1/affected?{query}", seconds))


def contact(account: str, *, seconds: float = SECONDS) -> dict[str, str]:
    """Where the owner of an account is written to: email, name, language.

    Raises ``ExchangeDown``, also where the exchange names no address.
    """
    raw = _ask(f"/v1/accounts/{quote(account, safe='')}/contact", seconds)
    said = {name: str(value)[:300] for name, value in _json(raw).items()}
    if said.get("account") != account or not said.get("email"):
        raise ExchangeDown("an answer to another question")
    return said


def _ask(path: str, seconds: float) -> bytes:
    base = settings.EXCHANGE_URL.rstrip("/")
    if not is_safe(base):
        raise ExchangeDown("EXCHANGE_URL is neither https nor on this machine")
    try:
        return _get(base + path, _headers(urlsplit(base).path + path), seconds)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ExchangeDown(type(error).__name__) from None


def is_safe(base: str) -> bool:
    """Nobody reads on the way: https, or this very machine."""
    parts = urlsplit(base)
    return parts.scheme == "https" or parts.hostname in LOCAL


def _headers(target: str) -> dict[str, str]:
    at, nonce = str(int(time.time())), secrets.token_hex(16)
    return {
        "Accept": "application/json",
        "X-Recourse-Time": at,
        "X-Recourse-Nonce": nonce,
        "X-Recourse-Signature": signature(
            settings.EXCHANGE_KEY, "GET", target, at, nonce
        ),
    }


def _get(url: str, headers: dict[str, str], seconds: float) -> bytes:
    status, raw = call("GET", url, headers, seconds=seconds)
    if status != 200:
        raise ExchangeDown(f"status {status}")
    return raw


def call(
    method: str,
    url: str,
    headers: dict[str, str],
    *,
    body: bytes = b"",
    seconds: float = SECONDS,
    limit: int = LIMIT,
) -> tuple[int, bytes]:
    """Status and bytes, whole within ``seconds`` however slowly they drip.

    Raises ``httpx.HTTPError``, ``httpx.InvalidURL`` or ``ExchangeDown``.
    """
    end, read = time.monotonic() + seconds, bytearray()
    wait = httpx.Timeout(seconds, connect=min(seconds, 2.0))
    with (
        httpx.Client(timeout=wait, follow_redirects=False, trust_env=False) as client,
        client.stream(method, url, headers=headers, content=body or None) as response,
    ):
        for part in response.iter_bytes():  # As it comes: no drip waits for others.
            read += part
            if len(read) > limit:
                raise ExchangeDown(f"larger than {limit // 1_000_000 or 1} MB")
            if time.monotonic() > end:
                raise ExchangeDown("too slow")
        return response.status_code, bytes(read)


def _of_account(raw: bytes, account: str, kind: str) -> list[dict[str, str]]:
    """An answer about somebody else, or of another kind, is none."""
    said = _json(raw)
    if (said.get("account"), said.get("kind")) != (account, kind):
        raise ExchangeDown("an answer to another question")
    return rows_of(raw)


def rows_of(raw: bytes) -> list[dict[str, str]]:
    """The rows of an answer, as words. Raises ``ExchangeDown``."""
    rows = _json(raw).get("rows")
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        raise ExchangeDown("no rows, or too many")
    if not all(isinstance(row, dict) for row in rows):
        raise ExchangeDown("a row that is none")
    return [{str(k): str(v)[:300] for k, v in row.items()} for row in rows]


def _json(raw: bytes) -> dict[str, Any]:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        raise ExchangeDown("no JSON") from None
    if not isinstance(said, dict):
        raise ExchangeDown("no object")
    return said
