"""How large a request may be, before anybody has looked at who sends it.

Under ASGI Django keeps the whole body of a request on the disk first, and under WSGI
whatever file a form holds; nothing else would stop a stranger from filling the disk
with one request to any address.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

LIMIT = 128 * 1024 * 1024
"""Bytes; more than the largest mail that a provider posts, or a form with its file."""

REFUSED = "recourse.too_large"
"""Set in the scope, or the environ, of a request whose body was left where it is."""

PLAIN = (
    "This is larger than the address takes. Nothing of it was kept.\n"
    "内容超过此地址可接收的大小，未作任何保存。\n"
).encode()

App = Callable[..., Awaitable[Any]]
Message = dict[str, Any]
WSGIApp = Callable[..., Iterable[bytes]]
TOO_LARGE = "413 Content Too Large"


class BodyLimit:
    """Answers 413 to requests that say or turn out to be larger than ``limit``."""

    def __init__(self, app: App, limit: int = LIMIT) -> None:
        self.app, self.limit = app, limit

    async def __call__(self, scope: Message, receive: App, send: App) -> None:
        if announced(scope) > self.limit:
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


class WSGIBodyLimit:
    """The same under WSGI, where nothing is read beyond what a request says of itself:
    Django takes one that says nothing for empty."""

    def __init__(self, app: WSGIApp, limit: int = LIMIT) -> None:
        self.app, self.limit = app, limit

    def __call__(self, environ: Message, start: Callable[..., Any]) -> Iterable[bytes]:
        said = str(environ.get("CONTENT_LENGTH") or "")
        if said.isdecimal() and int(said) > self.limit:
            kind = ("Content-Type", "text/plain; charset=utf-8")
            start(TOO_LARGE, [kind, ("Content-Length", str(len(PLAIN)))])
            return [PLAIN]
        return self.app(environ, start)


def announced(scope: Message, *, unsaid: int = 0) -> int:
    """What the request says of itself; ``unsaid`` where that is no number."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() else unsaid


def is_unsaid(scope: Message) -> bool:
    """Whether a body comes whose length nobody knows before its end."""
    return announced(scope, unsaid=-1) < 0 and scope["method"] not in ("GET", "HEAD")


def without_body() -> App:
    """An empty body, and then no word of a client who may well be sending: Django
    listens until it has answered, and that it does at once."""
    told = False

    async def receive() -> Message:
        nonlocal told
        if told:
            await asyncio.Event().wait()
        told = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


async def _refuse(send: App) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(PLAIN)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": PLAIN})
