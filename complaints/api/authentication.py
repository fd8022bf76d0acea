"""Who calls: a bearer token of an app, or the session of the site with its CSRF token.

A token narrows: it opens its customer's own matters as far as its scopes go, never
anything of staff. A token that is wrong is refused; no session stands in for it.
"""

from typing import Any, ClassVar

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request

from complaints.channels.app import tokens
from complaints.channels.app.tokens import READ, WRITE, BadToken, Grant
from teams.models import User

LONGEST_TOKEN = 4096


class Bearer(BaseAuthentication):
    """RFC 6750: a token signed by the exchange, or one of this desk's own provider."""

    def authenticate(self, request: Request) -> tuple[User, Grant] | None:
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        try:
            grant = _grant_of(token.strip())
        except BadToken:
            words = _("This token is wrong, used or too old.")
            raise AuthenticationFailed(words, "bad_token") from None
        return grant.user, grant

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _grant_of(token: str) -> Grant:
    if not token or len(token) > LONGEST_TOKEN or not token.isascii():
        raise BadToken
    if tokens.is_signed(token):
        return tokens.redeem(token)
    row = Token.objects.lookup(Token.Type.ACCESS_TOKEN, token)
    if row is None or row.user is None or settings.IDP_OIDC_PRIVATE_KEY == "":
        raise BadToken
    return Grant(row.user, tokens.SCOPES & frozenset(row.get_scopes()))


class Session(SessionAuthentication):
    """The session, with a challenge, so that nobody signed in means 401 and not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class SignedIn(IsAuthenticated):
    """Somebody, and where it is by a token, one whose scopes go that far."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if not isinstance(request.auth, Grant):
            return True
        needed = READ if request.method in SAFE_METHODS else WRITE
        if needed not in request.auth.scopes:
            words = _("This token is not for that.")
            raise PermissionDenied(words, "insufficient_scope")
        return True


class _SessionScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """How the description of the API names it."""

    target_class = "complaints.api.authentication.Session"


class _BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "complaints.api.authentication.Bearer"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return dict(self.definition)

    definition: ClassVar[dict[str, str]] = {"type": "http", "scheme": "bearer"}
