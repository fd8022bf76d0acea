"""OAuth 1.0a (RFC 5849): requests in the name of our account, signed by HMAC-SHA1.

Unlike the tokens of OAuth 2.0 on X, these keys do not end every two hours.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

METHOD = "HMAC-SHA1"


@dataclass(frozen=True, slots=True)
class Keys:
    """Those of the app and those of the account."""

    consumer: str
    consumer_secret: str
    token: str
    token_secret: str


def authorization(
    keys: Keys,
    method: str,
    url: str,
    fields: Mapping[str, str] | None = None,
    *,
    nonce: str = "",
    timestamp: int = 0,
) -> str:
    """The value of the header. ``url`` has no query; ``fields`` are those of the query
    and of a form (a JSON body is not signed, section 3.4.1.3.1)."""
    named = {
        "oauth_consumer_key": keys.consumer,
        "oauth_nonce": nonce or secrets.token_hex(16),
        "oauth_signature_method": METHOD,
        "oauth_timestamp": str(timestamp or int(time.time())),
        "oauth_token": keys.token,
        "oauth_version": "1.0",
    }
    signed = signature(keys, method, url, {**(fields or {}), **named})
    pairs = sorted({**named, "oauth_signature": signed}.items())
    return "OAuth " + ", ".join(f'{_coded(k)}="{_coded(v)}"' for k, v in pairs)


def signature(keys: Keys, method: str, url: str, fields: Mapping[str, str]) -> str:
    """Base64 of the HMAC over method, address and sorted fields (section 3.4.2)."""
    coded = sorted((_coded(name), _coded(value)) for name, value in fields.items())
    listed = "&".join(f"{name}={value}" for name, value in coded)
    base = "&".join((method.upper(), _coded(url), _coded(listed)))
    key = f"{_coded(keys.consumer_secret)}&{_coded(keys.token_secret)}"
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), "sha1")).decode()


def _coded(text: str) -> str:
    return quote(text, safe="-._~")
