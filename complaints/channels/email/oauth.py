"""Access tokens for mailboxes that take no password (RFC 6749 section 6, XOAUTH2)."""

from __future__ import annotations

import time
from collections.abc import Mapping

import httpx

TIMEOUT = httpx.Timeout(15, connect=5)
EARLY = 120.0
"""Seconds before its end at which a token is renewed."""

_known: dict[tuple[str, str], tuple[str, float]] = {}


class TokenRefused(Exception):
    """No token was to be had; says why, and never repeats a secret."""


def access_token(refresh_token: str, client: Mapping[str, str]) -> str:
    """A token that is valid for some minutes more, kept while it lasts.

    client: ``token_url``, ``client_id`` and, where there is one, ``client_secret``.
    Raises ``TokenRefused``.
    """
    key = (client["token_url"], refresh_token)
    token, until = _known.get(key, ("", 0.0))
    if until > time.monotonic():
        return token
    answer = _ask(refresh_token, client)
    token = str(answer.get("access_token") or "")
    if not token:
        raise TokenRefused("The token server answered without a token.")
    _known[key] = token, time.monotonic() + _seconds(answer) - EARLY
    return token


def _ask(refresh_token: str, client: Mapping[str, str]) -> Mapping[str, object]:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        **{name: value for name, value in client.items() if name != "token_url"},
    }
    try:
        answer = httpx.post(client["token_url"], data=form, timeout=TIMEOUT)
        found = answer.json() if answer.status_code == 200 else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise TokenRefused(f"The token server: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise TokenRefused(f"The token server answered {answer.status_code}.")
    return found


def _seconds(answer: Mapping[str, object]) -> float:
    given = answer.get("expires_in")
    return float(given) if isinstance(given, int | float) else 0.0
