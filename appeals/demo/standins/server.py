"""A small HTTP server on a free port of this machine, in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self

MOST = 30_000_000


@dataclass(frozen=True)
class Call:
    """One request as it came in; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Said:
    """What the server answers."""

    status: int = 200
    body: bytes = b"{}"
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class StandIn:
    """Serves ``answer`` while the ``with`` block runs; ``url`` is where.

    ``seen_at`` is where callers think it is, if their calls are put through to it.
    """

    def __init__(self, answer: Callable[[Call], Said], port: int = 0) -> None:
        self.answer = answer
        self.calls: list[Call] = []
        self.seen_at = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler(answer))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return self.seen_at or f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self, answer: Callable[[Call], Said]) -> type[BaseHTTPRequestHandler]:
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = min(int(self.headers.get("Content-Length") or 0), MOST)
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(length)
                call = Call(self.command, self.path, headers, body)
                calls.append(call)
                self._say(answer(call))

            do_GET = do_POST = handle_any  # noqa: N815 - names of http.server

            def _say(self, said: Said) -> None:
                self.send_response(said.status)
                self.send_header("Content-Type", said.content_type)
                self.send_header("Content-Length", str(len(said.body)))
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Quiet: the caller reads ``calls``."""

        return Handler
