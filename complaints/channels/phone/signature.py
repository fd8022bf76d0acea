"""Twilio's signature of a request (twilio.com/docs/usage/security).

HMAC-SHA1 with the account's token over the address that was called, followed by each
posted field and its value in the order of their names; in base64.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

from complaints.channels.webhook import same

PORTS = {"https": 443, "http": 80}

Fields = Iterable[tuple[str, str]]


def signature(url: str, fields: Fields, token: str) -> str:
    """``X-Twilio-Signature`` of a POST of ``fields`` to ``url``."""
    told = url + "".join(name + value for name, value in sorted(set(fields)))
    key, text = token.encode(), told.encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.new(key, text, "sha1").digest()).decode()


def is_signed(given: str, url: str, fields: Fields, token: str) -> bool:
    """Whether Twilio signed it. Some of its servers sign the standard port as well."""
    known = list(fields)
    rights = [signature(each, known, token) for each in (url, _with_port(url))]
    return any(same(given, right) for right in rights)


def _with_port(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or PORTS.get(parts.scheme, 443)
    return urlunsplit(parts._replace(netloc=f"{host}:{port}"))
