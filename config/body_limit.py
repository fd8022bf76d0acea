"""How large a request may be, before anybody has looked at who sends it.

Django keeps the whole body of a request on the disk first; nothing else would stop a
stranger from filling it with one request to any address.
"""

from collections.abc import Awaitable, Callable
from typing import Any

LIMIT = 128 * 1024 * 1024
"""Bytes; more than the largest mail that a provider posts, or a form with its file."""

App = Callable[..., Awaitable[Any]]
Message = dict[str, Any]


class BodyLimit:
    """Answers 413 to requests that say or turn out to be larger than ``limit``."""

    def __init__(self, app: App, limit: int = LIMIT) -> None:
        self.app, self.limit = app, limit

    async def __call__(self, scope: Message, receive: App, send: App) -> None:
        if _announced(scope) > self.limit:
            await _refuse(send)
            return
        read, answered = 0, False

        async def counted() -> Message:
            nonlocal read
            message: Message = await receive()
            read += len(message.get("body", b""))
            return {"type": "http.disconnect"} if read > self.limit else message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        await self.app(scope, counted, noted)
        if read > self.limit and not answered:
            await _refuse(send)


def _announced(scope: Message) -> int:
    """What the request says of itself; 0 where it says nothing that is a number."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() else 0


async def _refuse(send: App) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
