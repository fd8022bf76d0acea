"""Who calls: the session of the site, with its CSRF token on every change.

An app that is no browser signs in through the same accounts and keeps the cookie;
there are no long-lived tokens.
"""

from drf_spectacular.authentication import SessionScheme
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class Session(SessionAuthentication):
    """The session, with a challenge, so that nobody signed in means 401 and not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class _Scheme(SessionScheme):  # type: ignore[no-untyped-call]
    """How the description of the API names it."""

    target_class = "complaints.api.authentication.Session"
