"""How much each kind of address takes, asked before anything of a body is kept.

Most addresses take what a person types. Files are taken where a form or the API asks
for them, and as much of them as the limit of a file and the number of its fields make.
The hooks know bounds of their own (``complaints.channels.webhook``); above all of them
stands ``config.body_limit``.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings
from django.urls import Resolver404, resolve

from complaints.api.parsers import LIMIT as JSON_LIMIT
from complaints.channels.chat.files import FILE_LIMIT as CHAT_FILE
from complaints.channels.webhook import Hook
from complaints.services.evidence import FILE_LIMIT
from config.body_limit import (
    LIMIT,
    REFUSED,
    App,
    BodyLimit,
    Message,
    WSGIApp,
    announced,
    is_unsaid,
    without_body,
)

API = "/api/"
MULTIPART = "multipart/form-data"

FILES = {
    "portal:question": FILE_LIMIT,
    "portal:template": 4 * FILE_LIMIT,
    "portal:answer": FILE_LIMIT,
    "portal:evidence-new": FILE_LIMIT,
    "appeals:lodge": 3 * FILE_LIMIT,
    "chat:page": CHAT_FILE,
    "chat-embed:page": CHAT_FILE,
    "api:evidence": FILE_LIMIT,
    "admin:chat_conversation_do": CHAT_FILE,
    "admin:complaints_complaint_act": FILE_LIMIT,
    "admin:complaints_complaint_barrier": FILE_LIMIT,
    "admin:complaints_complaint_log": FILE_LIMIT,
    "dev-components": FILE_LIMIT,
}
"""Name of an address -> bytes of the files that its form has room for."""

PARTS = {"api:upload": FILE_LIMIT}
"""Name of an address -> bytes of a body that is a piece of a file and nothing else."""


def typed() -> int:
    """Bytes of a form without its files; Django refuses more on its own."""
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def bound_of(path: str, content_type: str) -> int:
    """Bytes of a body that the address at ``path`` takes."""
    usual = JSON_LIMIT if path.startswith(API) else typed()
    try:
        found = resolve(path)
    except Resolver404:
        return usual
    if isinstance(found.func, Hook):
        return LIMIT
    name = found.view_name
    if content_type.lstrip().lower().startswith(MULTIPART) and name in FILES:
        return FILES[name] + typed()
    return PARTS.get(name, usual)


class BodyBounds:
    """Hands on what fits. Of the rest nothing is read: ``errors.TooLargeMiddleware``
    says so in a page, or in words for a program. What says nothing of its length is
    read until it is too much, and ends in a plain answer."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: App, send: App) -> None:
        said = announced(scope)
        if said > LIMIT:
            await BodyLimit(self.app)(scope, receive, send)
            return
        bound = self._bound(scope) if said > JSON_LIMIT or is_unsaid(scope) else LIMIT
        if said > bound:
            await self.app({**scope, REFUSED: True}, without_body(), send)
        else:
            await BodyLimit(self.app, bound)(scope, receive, send)

    def _bound(self, scope: Message) -> int:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        headers = dict(scope["headers"])
        kind = headers.get(b"content-type", b"").decode("latin-1")
        return bound_of(path, kind)


class WSGIBodyBounds:
    """The same under WSGI. What is too much is read past, and kept nowhere: a server
    that cuts the line would take the answer with it."""

    def __init__(self, app: WSGIApp) -> None:
        self.app = app

    def __call__(self, environ: Message, start: Callable[..., Any]) -> Iterable[bytes]:
        text = str(environ.get("CONTENT_LENGTH") or "")
        said = int(text) if text.isdecimal() else 0
        if JSON_LIMIT < said <= LIMIT and said > self._bound(environ):
            _read_past(environ["wsgi.input"], said)
            nothing = {"CONTENT_LENGTH": "0", "wsgi.input": BytesIO(), REFUSED: True}
            environ = {**environ, **nothing}
        return self.app(environ, start)

    def _bound(self, environ: Message) -> int:
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        return bound_of(path, environ.get("CONTENT_TYPE", ""))


def _read_past(body: Any, size: int) -> None:
    while size > 0:
        part = body.read(min(size, 65_536))
        if not part:
            return
        size -= len(part)
