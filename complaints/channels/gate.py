"""Whose bodies are read at all: asked before Django, under ASGI, keeps all of one.

There Django writes a request's body to the disk before any of our code sees its
headers. So here a hook is asked first: a delivery that its headers refuse is handed on
without its body, and the hook gives its own answer; of any other no more is read than
the hook takes.
"""

from __future__ import annotations

from io import BytesIO

from django.core.handlers.asgi import ASGIRequest
from django.urls import Resolver404, resolve

from complaints.channels import hooks
from complaints.channels.webhook import BODY_LIMIT, Hook
from config.body_limit import App, BodyLimit, Message, announced, without_body

PREFIX = "/hooks"


class HookGate:
    """Stands before the pages, and lets everything else through as it is."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: App, send: App) -> None:
        hook = _hook(scope["path"].removeprefix(scope.get("root_path", "")))
        if hook is None:
            await self.app(scope, receive, send)
        elif _is_let_in(hook, scope):
            await BodyLimit(self.app, hook.limit)(scope, receive, send)
        else:
            last = _last(send) if _is_long(scope) else send
            await self.app(scope, without_body(), last)


def _hook(path: str) -> Hook | None:
    if not path.startswith(f"{PREFIX}/"):
        return None
    try:
        found = resolve(path.removeprefix(PREFIX), hooks.__name__)
    except Resolver404:
        return None
    return found.func if isinstance(found.func, Hook) else None


def _is_let_in(hook: Hook, scope: Message) -> bool:
    """Whether its body has to be read; what is no request of HTTP proves nothing."""
    try:
        return hook.early(ASGIRequest(scope, BytesIO())) is None
    except ValueError:
        return False


def _is_long(scope: Message) -> bool:
    """Whether so much is on its way that the line is better cut. Amazon asks again on
    the same line, with its password; that much is let run out."""
    return not 0 <= announced(scope, unsaid=-1) <= BODY_LIMIT


def _last(send: App) -> App:
    """Says with the answer that the line is cut behind it."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", []), (b"connection", b"close")]
            message = {**message, "headers": headers}
        await send(message)

    return told
