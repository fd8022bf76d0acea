"""The records of an exchange, as its own backend would serve them to this desk.

Believes a request by its signature alone: fresh, and each nonce once. What it tells of
an account follows from the number of the account, so it tells the same each time.
``python -m appeals.demo.standins.exchange PORT`` serves it with ``EXCHANGE_KEY``.
"""

import hashlib
import hmac
import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from time import time as clock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

FRESH = 300
"""Seconds for which a request is believed."""

Row = dict[str, str]


class Exchange(ThreadingHTTPServer):
    """``seen`` are the nonces; ``answer`` replaces what is said, for tests."""

    daemon_threads = True

    def __init__(self, key: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.key = key
        self.seen: set[str] = set()
        self.answer: tuple[int, bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def believes(self, target: str, headers: Any) -> bool:
        at, nonce = headers.get("X-Recourse-Time", ""), headers["X-Recourse-Nonce"]
        said = "\n".join(("GET", target, at, nonce or ""))
        wanted = hmac.new(self.key.encode(), said.encode(), hashlib.sha256).hexdigest()
        given = headers.get("X-Recourse-Signature", "")
        fresh = at.isdecimal() and abs(clock() - int(at)) <= FRESH
        if not (fresh and nonce and hmac.compare_digest(wanted, given)):
            return False
        first = nonce not in self.seen
        self.seen.add(nonce)
        return first


class _Handler(BaseHTTPRequestHandler):
    server: Exchange

    def do_GET(self) -> None:
        if not self.server.believes(self.path, self.headers):
            self._say(401, b'{"error": "signature"}')
        else:
            self._say(*(self.server.answer or _told(self.path)))

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if 300 <= status < 400:
            self.send_header("Location", "/v1/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_about: Any) -> None:
        """Quiet."""


def _told(target: str) -> tuple[int, bytes]:
    parts = urlsplit(target)
    names = [unquote(name) for name in parts.path.strip("/").split("/")]
    if names == ["v1", "affected"]:
        return 200, json.dumps({"rows": list(_affected(parts.query))}).encode()
    if len(names) == 4 and names[3] == "contact":
        return 200, json.dumps(_contact(names[2])).encode()
    if len(names) != 4 or names[3] not in MADE:
        return 404, b'{"error": "unknown"}'
    asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
    since, until = (date.fromisoformat(asked[key]) for key in ("since", "until"))
    rows = list(_rows(names[2], names[3], since, until))[: int(asked["limit"])]
    said = {"account": names[2], "kind": names[3], "rows": rows}
    return 200, json.dumps(said, indent=1).encode()


def _affected(query: str) -> Iterator[Row]:
    """Twelve accounts, the same for the same question."""
    asked = {key: values[0] for key, values in parse_qs(query).items()}
    dice = Random(f"{asked['asset']} {asked['since']}")  # noqa: S311 - a demo
    for number in range(12):
        yield {
            "account": str(40000900 + number),
            "id": f"{dice.randrange(10**9):09}",
            "amount": f"{dice.randrange(20, 900)}.00",
            "asset": asked["asset"],
        }


def _contact(account: str) -> Row:
    language = "zh-hans" if int(account[-1:] or 0) % 2 else "en"
    mail = f"account-{account}@customers.example"
    return {"account": account, "email": mail, "name": "", "language": language}


def _rows(account: str, kind: str, since: date, until: date) -> Iterator[Row]:
    """Newest first, one or two a day on some days."""
    day = until
    while day >= since:
        dice = Random(f"{account} {kind} {day}")  # noqa: S311 - a demo, no secret
        for hour in sorted(dice.sample(range(24), dice.choice((0, 0, 1, 2))))[::-1]:
            moment = time(hour, dice.randrange(60), tzinfo=UTC)
            row, at = MADE[kind](dice), datetime.combine(day, moment)
            if at <= datetime.now(UTC):
                yield {"at": at.isoformat()} | row
        day -= timedelta(days=1)


def _transfer(dice: Random) -> Row:
    asset, network = dice.choice(
        (("USDT", "Tron"), ("BTC", "Bitcoin"), ("ETH", "Ethereum"))
    )
    whole = dice.randrange(10, 2000) if asset == "USDT" else 0
    return {
        "id": f"{dice.randrange(10**9):09}",
        "amount": f"{whole}.{dice.randrange(10**4):04}",
        "asset": asset,
        "network": network,
        "txid": dice.randbytes(32).hex(),
        "status": dice.choice(("completed", "completed", "completed", "pending")),
    }


FORMS = {
    "Tron": ("T", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 33),
    "Bitcoin": ("bc1q", "023456789acdefghjklmnpqrstuvwxyz", 38),
    "Ethereum": ("0x", "0123456789abcdef", 40),
}
"""What an address looks like: how it starts, of which letters, how many."""


def _withdrawal(dice: Random) -> Row:
    row = _transfer(dice)
    start, letters, length = FORMS[row["network"]]
    return row | {"address": start + "".join(dice.choices(letters, k=length))}


def _deposit(dice: Random) -> Row:
    return _transfer(dice)


def _trade(dice: Random) -> Row:
    return {
        "id": f"{dice.randrange(10**9):09}",
        "pair": dice.choice(("BTC/USDT", "ETH/USDT", "SOL/USDT")),
        "side": dice.choice(("buy", "sell")),
        "amount": f"0.{dice.randrange(1, 10**4):04}",
        "price": f"{dice.randrange(100, 90_000)}.{dice.randrange(100):02}",
        "fee": f"0.{dice.randrange(1, 100):04}",
    }


def _login(dice: Random) -> Row:
    return {
        "ip": f"203.0.113.{dice.randrange(1, 255)}",
        "country": dice.choice(("SE", "SE", "SE", "DE", "VN")),
        "device": dice.choice(("iPhone, app 7.2", "Firefox on Windows", "Chrome")),
        "result": dice.choice(("signed in", "signed in", "wrong code")),
    }


def _log(dice: Random) -> Row:
    return {
        "system": dice.choice(("gateway", "matching", "withdrawals")),
        "level": dice.choice(("info", "info", "warning")),
        "message": dice.choice(
            ("request received", "request carried out", "rate limit reached")
        ),
    }


MADE: dict[str, Callable[[Random], Row]] = {
    "withdrawals": _withdrawal,
    "deposits": _deposit,
    "trades": _trade,
    "logins": _login,
    "logs": _log,
}

if __name__ == "__main__":
    Exchange(os.environ["EXCHANGE_KEY"], int(sys.argv[1])).serve_forever()
