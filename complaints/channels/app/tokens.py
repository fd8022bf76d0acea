"""Tokens that the exchange's own backend signs for one of its customers (RFC 7519).

``sub`` is the account at the exchange, ``aud`` this desk's ``SITE_URL`` and nothing
else, ``scope`` what it may be used for. One lives five minutes at most and is taken
once: who records a request cannot send it again.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints.channels.app.models import SpentToken
from config.app_keys import AppKey, AppKeys
from teams.models import User
from teams.services import customer_of_account

LONGEST = timedelta(minutes=5)
SKEW = timedelta(seconds=30)
"""How far two clocks may be apart."""

CLAIMS = ("iss", "aud", "sub", "iat", "exp", "jti")
LAST_MOMENT = 2**40
"""Seconds since 1970; beyond it nothing can be reckoned."""

ACCOUNT_LENGTH = 64
ID_LENGTH = 128
READ, WRITE = "complaints:read", "complaints:write"
SCOPES = frozenset({READ, WRITE})


class BadToken(Exception):
    """Forged, late, for somebody else, or used before; which of them is not said."""


@dataclass(frozen=True)
class Grant:
    """What a token opens: one customer's own matters, as far as ``scopes`` go."""

    user: User
    scopes: frozenset[str]

    def __post_init__(self) -> None:
        """Staff sign in at the desk, with their second factor, and nowhere else."""
        user = self.user
        if not user.is_active or user.is_staff or user.is_superuser or user.is_system:
            raise BadToken


def redeem(token: str) -> Grant:
    """Use a signed token up. Raises ``BadToken``."""
    claims = _claims(token)
    user = customer_of_account(claims["sub"])
    grant = Grant(user, _scopes(claims))
    _spend(claims)
    return grant


def is_signed(token: str) -> bool:
    """Whether it has the form of a signed token; ours of the provider have not."""
    return token.count(".") == 2


def _claims(token: str) -> dict[str, Any]:
    trusted: AppKeys | None = settings.APP_TOKENS
    if trusted is None:
        raise BadToken
    key = _key(token, trusted)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key.public,
            # The key says how it signs, never the token.
            algorithms=[key.algorithm],
            audience=settings.SITE_URL,
            issuer=trusted.issuer,
            leeway=SKEW,
            options={"require": list(CLAIMS), "strict_aud": True},
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
        raise BadToken from None
    _check(claims)
    return claims


def _key(token: str, trusted: AppKeys) -> AppKey:
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise BadToken from None
    found = trusted.keys.get(kid) if isinstance(kid, str) else None
    if found is None:
        raise BadToken
    return found


def _check(claims: dict[str, Any]) -> None:
    """What the library leaves to us: a short life, and ids that can be kept."""
    begin, end = claims["iat"], claims["exp"]
    if not all(isinstance(at, int) and 0 < at < LAST_MOMENT for at in (begin, end)):
        raise BadToken
    if not timedelta() < timedelta(seconds=end - begin) <= LONGEST:
        raise BadToken
    for name, most in (("sub", ACCOUNT_LENGTH), ("jti", ID_LENGTH)):
        value = claims[name]
        fits = isinstance(value, str) and 0 < len(value) <= most
        if not fits or not value.isprintable() or value != value.strip():
            raise BadToken


def _scopes(claims: dict[str, Any]) -> frozenset[str]:
    said = claims.get("scope", "")
    return SCOPES & frozenset(said.split()) if isinstance(said, str) else frozenset()


def _spend(claims: dict[str, Any]) -> None:
    named = f"{claims['iss']}\n{claims['jti']}"
    digest = hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()
    until = datetime.fromtimestamp(claims["exp"], UTC) + 2 * SKEW
    try:
        with transaction.atomic():
            SpentToken.objects.create(digest=digest, until=until)
    except IntegrityError:
        raise BadToken from None


def forget_spent(*, now: datetime | None = None) -> int:
    """Delete what no clock takes any more; how many there were."""
    rows = SpentToken.objects.filter(until__lt=now or timezone.now())
    return rows.delete()[0]
