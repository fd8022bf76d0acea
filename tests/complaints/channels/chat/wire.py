"""The other end of a socket, by ASGI alone: no server, no network."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from complaints.channels.chat.routing import application

OWN = b"http://testserver"
CUSTOMER, DESK = "/ws/chat/", "/ws/desk/"


def run(scene: Callable[[], Awaitable[None]]) -> None:
    """Play a scene on a loop whose database calls stay in this thread."""
    async_to_sync(scene)()


class Wire:
    """What a browser does with a socket."""

    def __init__(self, path: str, cookie: str = "", origin: bytes = OWN) -> None:
        name = f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()
        headers = [(b"host", b"testserver"), (b"origin", origin), (b"cookie", name)]
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": b"",
            "headers": headers,
            "subprotocols": [],
        }
        self.line = ApplicationCommunicator(application, scope)

    async def connect(self) -> bool:
        await self.line.send_input({"type": "websocket.connect"})
        answer = await self.line.receive_output(timeout=5)
        return bool(answer["type"] == "websocket.accept")

    async def say(self, words: str, key: str) -> None:
        await self.send(json.dumps({"type": "say", "text": words, "key": key}))

    async def send(
        self, text: str | None = None, raw: bytes | None = None, **frame: Any
    ) -> None:
        told = json.dumps(frame) if frame else text
        await self.line.send_input(
            {"type": "websocket.receive", "text": told, "bytes": raw}
        )

    async def heard(self, words: str) -> dict[str, Any]:
        """The next frame in which ``words`` stand."""
        for _frame in range(8):
            output = await self.line.receive_output(timeout=5)
            if words in (text := output.get("text", "")):
                frame: dict[str, Any] = json.loads(text)
                return frame
        raise AssertionError(words)

    async def ended(self) -> int:
        """The code with which the server ended it, whatever it said before."""
        while True:
            output = await self.line.receive_output(timeout=5)
            if output["type"] == "websocket.close":
                return int(output.get("code") or 0)

    async def leave(self) -> None:
        await self.line.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.line.wait(timeout=5)


@asynccontextmanager
async def opened(path: str, cookie: str = "", **hello: Any) -> AsyncIterator[Wire]:
    """A socket of a page of ours, which says ``hello`` where that is given."""
    wire = Wire(path, cookie)
    assert await wire.connect()
    try:
        if hello:
            await wire.send(type="hello", **hello)
        yield wire
    finally:
        await wire.leave()
