"""The ledger of an exchange, as its own backend would carry this desk's orders out.

Believes a request by its signature alone: fresh, and each nonce once. One order a key,
in one SQLite file: told again it answers what it did, told otherwise under the same
key it refuses. A payment is taken back once. An order that it refuses leaves nothing.
``python -m appeals.demo.standins.ledger PORT FILE`` serves it with ``PAYOUT_KEY``.

``POST /trouble?mode=MODE&times=N`` on this machine has the next N orders go wrong:
``refuse`` says no, ``busy`` asks to come again, ``lose`` carries the order out and
hangs up, ``drop`` hangs up first, ``garble`` carries it out and talks nonsense.
"""

import hashlib
import hmac
import json
import os
import sqlite3
import sys
from collections import deque
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time as clock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

FRESH = 300
"""Seconds for which a request is believed."""

MODES = ("refuse", "busy", "lose", "drop", "garble")
TOLD = ("kind", "to", "asset", "amount", "reference", "of")
SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    of TEXT UNIQUE,
    at TEXT NOT NULL
)"""

Answer = tuple[int, dict[str, Any]]


class Ledger(ThreadingHTTPServer):
    """``trouble`` holds a mode for each of the next orders; ``heard`` every request."""

    daemon_threads = True

    def __init__(self, key: str, file: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.key, self.file = key, file
        self.seen: set[str] = set()
        self.heard: list[tuple[str, str]] = []
        self.trouble: deque[str] = deque()
        with closing(self.open()) as books:
            books.execute(SCHEMA)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def open(self) -> sqlite3.Connection:
        """The books; each statement is a transaction of its own."""
        return sqlite3.connect(self.file, timeout=20, isolation_level=None)

    def booked(self) -> list[dict[str, Any]]:
        """Every order that was carried out, in that order."""
        with closing(self.open()) as books:
            rows = books.execute("SELECT key, body FROM orders ORDER BY number")
            return [{"key": key, **json.loads(body)} for key, body in rows]

    def believes(self, method: str, target: str, headers: Any, body: bytes) -> bool:
        at, nonce = headers.get("X-Recourse-Time", ""), headers["X-Recourse-Nonce"]
        until, key = headers.get("X-Recourse-Until", ""), headers["Idempotency-Key"]
        digest = hashlib.sha256(body).hexdigest()
        lines = (method, target, at, nonce or "", until, key or "", digest)
        said = "\n".join(lines).encode()
        wanted = hmac.new(self.key.encode(), said, hashlib.sha256).hexdigest()
        given = headers.get("X-Recourse-Signature", "")
        fresh = at.isdecimal() and abs(clock() - int(at)) <= FRESH
        if not (fresh and nonce and key and hmac.compare_digest(wanted, given)):
            return False
        first = nonce not in self.seen
        self.seen.add(nonce)
        return first

    def known(self, key: str) -> Answer:
        with closing(self.open()) as books:
            found = books.execute(
                "SELECT number, body FROM orders WHERE key = ?", (key,)
            ).fetchone()
        if found is None:
            return 404, {"key": key, "state": "unknown"}
        number, body = found
        return 200, {**json.loads(body), **_done(key, number)}

    def carry_out(self, key: str, told: dict[str, Any]) -> Answer:
        """Once a key, whoever asks at the same time: the database decides."""
        body = json.dumps({name: told.get(name, "") for name in TOLD}, sort_keys=True)
        refusal = self._refusal(told)
        if refusal and self.known(key)[0] == 404:
            return 422, {"key": key, "state": "refused", "reason": refusal}
        with closing(self.open()) as books:
            books.execute(
                "INSERT OR IGNORE INTO orders (key, body, of, at) VALUES (?, ?, ?, ?)",
                (key, body, told.get("of") or None, datetime.now(UTC).isoformat()),
            )
            found = books.execute(
                "SELECT number, body FROM orders WHERE key = ?", (key,)
            ).fetchone()
        if found is None:
            return _no(key, "This payment was taken back already.")
        if found[1] != body:
            return _no(key, "Another order came under this key.")
        return 200, {**json.loads(body), **_done(key, found[0])}

    def _refusal(self, told: dict[str, Any]) -> str:
        if not told.get("to") or not told.get("amount"):
            return "Nobody to pay, or nothing."
        if told.get("kind") == "take_back" and self.known(told["of"])[0] != 200:
            return "There is no such payment."
        return ""


def _done(key: str, number: int) -> dict[str, str]:
    return {"key": key, "state": "done", "number": f"L-{number:08}"}


def _no(key: str, reason: str) -> Answer:
    return 409, {"key": key, "state": "refused", "reason": reason}


class _Handler(BaseHTTPRequestHandler):
    server: Ledger

    def do_GET(self) -> None:
        if self._is_believed(b""):
            self._answer(*self.server.known(unquote(self.path.rsplit("/", 1)[-1])))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/trouble"):
            self._make_trouble()
        elif self._is_believed(body):
            self._order(self.headers["Idempotency-Key"], json.loads(body))

    def _is_believed(self, body: bytes) -> bool:
        key = self.headers.get("Idempotency-Key", "")
        self.server.heard.append((self.command, key))
        if self.server.believes(self.command, self.path, self.headers, body):
            return True
        self._answer(401, {"key": key, "state": "unsigned"})
        return False

    def _make_trouble(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        mode, times = asked.get("mode", [""])[0], int(asked.get("times", ["1"])[0])
        if mode in MODES:
            self.server.trouble.extend([mode] * times)
        self._answer(200, {"trouble": list(self.server.trouble)})

    def _order(self, key: str, told: dict[str, Any]) -> None:
        until = self.headers.get("X-Recourse-Until", "")
        if not until.isdecimal() or clock() > int(until):
            return self._answer(410, {"key": key, "state": "late"})
        mode = self.server.trouble.popleft() if self.server.trouble else ""
        if mode == "drop":
            return None
        if mode == "busy":
            return self._answer(503, {"key": key, "state": "busy"})
        if mode == "refuse":
            reason = "The account is closed."
            said = {"key": key, "state": "refused", "reason": reason}
            return self._answer(422, said)
        answer = self.server.carry_out(key, told)
        if mode == "garble":
            return self._answer(200, {"hello": "world"})
        return None if mode == "lose" else self._answer(*answer)

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_about: Any) -> None:
        """Quiet."""


if __name__ == "__main__":
    port, file = sys.argv[1:3]
    Ledger(os.environ["PAYOUT_KEY"], file, int(port)).serve_forever()
