"""The addresses of sockets, and from which pages they may be opened."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from channels.sessions import CookieMiddleware
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.urls import path, re_path

from complaints.channels.chat.sockets import AgentSocket, CustomerSocket

App = Callable[..., Awaitable[Any]]

websocket_urlpatterns = [
    path("ws/chat/", CustomerSocket.as_asgi()),
    path("ws/desk/", AgentSocket.as_asgi()),
    re_path("", WebsocketDenier.as_asgi()),
]


class OwnPagesOnly:
    """Opens sockets for pages of this very site, host and port; others get 403.

    A browser sends cookies with a socket whoever opens it, so this stands where
    other requests have their CSRF token. The widget is a page of ours as well,
    whatever site frames it.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = dict(scope.get("headers", []))
        if is_own(headers.get(b"origin", b""), headers.get(b"host", b"")):
            return await self.app(scope, receive, send)
        return await WebsocketDenier()(scope, receive, send)


def is_own(origin: bytes, host: bytes) -> bool:
    """Whether a page at ``origin`` belongs to the site that is called ``host``."""
    source, name = origin.decode("latin-1"), host.decode("latin-1")
    try:
        parts = urlsplit(source)
    except ValueError:
        return False
    domain, _port = split_domain_port(name)
    if parts.scheme not in ("http", "https") or not validate_host(domain, _hosts()):
        return False
    return parts.netloc.lower() == name.lower() or source in _trusted()


def _hosts() -> list[str]:
    local = ["localhost", "127.0.0.1", "::1", "[::1]"] if settings.DEBUG else []
    return list(settings.ALLOWED_HOSTS) or local


def _trusted() -> list[str]:
    return list(settings.CSRF_TRUSTED_ORIGINS)


application = OwnPagesOnly(CookieMiddleware(URLRouter(websocket_urlpatterns)))
