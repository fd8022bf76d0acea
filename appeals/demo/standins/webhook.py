"""A receiver of webhooks as the exchange's backend has one, and what it got.

Speaks Standard Webhooks: proves each call by the shared secret before it believes it,
and takes each ``webhook-id`` once.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver(ThreadingHTTPServer):
    """``secret`` proves the calls; ``answers`` are statuses given first, in turn."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.secret = ""
        self.answers: list[int] = []
        self.seen: list[dict[str, str]] = []
        self.taken: dict[str, dict[str, Any]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """What was proven, in the order it came."""
        return [e for e in self.taken.values() if kind in ("", e["type"])]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append(headers)
        status = self.server.answers.pop(0) if self.server.answers else 204
        if status == 204 and not self._take(body, headers):
            status = 401
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _take(self, body: bytes, headers: dict[str, str]) -> bool:
        try:
            Webhook(self.server.secret).verify(body, headers)
        except WebhookVerificationError:
            return False
        self.server.taken.setdefault(headers["webhook-id"], json.loads(body))
        return True

    def log_message(self, *_about: Any) -> None:
        """Say nothing; who asks looks at ``seen``."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a port of its own, for as long as the block lasts."""
    server = Receiver()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.daemon = True
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
