"""One request through the ASGI application that servers run, its body part by part."""

import asyncio
from collections.abc import Mapping
from typing import Any

from config.asgi import application


class Line:
    """``read`` are the parts of the body that were asked for, ``sent`` the answer."""

    def __init__(self, path: str, parts: list[bytes], headers: Mapping[str, str]):
        named = {"host": "testserver"} | {k.lower(): v for k, v in headers.items()}
        self.left, self.read = list(parts), 0
        self.sent: list[dict[str, Any]] = []
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "query_string": b"",
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in named.items()],
        }

    async def receive(self) -> dict[str, Any]:
        if not self.left:
            await asyncio.Event().wait()
        body = self.left.pop(0)
        self.read += 1
        return {"type": "http.request", "body": body, "more_body": bool(self.left)}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(each.get("body", b"") for each in self.sent)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return {name.lower(): value for name, value in self.sent[0]["headers"]}

    @property
    def cut(self) -> bool:
        return self.headers.get(b"connection") == b"close"


def asked(path: str, parts: list[bytes], headers: Mapping[str, str]) -> Line:
    """Post these parts there, and wait for the answer."""
    line = Line(path, parts, headers)
    asyncio.run(application(line.scope, line.receive, line.send))
    return line
