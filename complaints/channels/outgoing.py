"""Calls to providers: short waits, no redirects, and a refusal that says what to do.

What is raised holds the provider's own words and never the address that was called,
for some addresses hold a token.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from complaints.channels.safetext import one_line
from complaints.outbox import ChannelDown, Deferred, Undeliverable

ANSWERS_WITHIN = 15
"""Seconds for the next bytes of an answer."""

LONGEST = 120
"""Seconds for one file, however slowly it drips; shorter than a notice's lease."""

ANSWER_LIMIT = 100_000


Refused = Callable[[int, Any], Exception | None]
"""What a refusal means, by its status and the JSON of its body; None: the usual."""

MayLead = Callable[[str], bool]
"""Whether an address that an answer leads on to may be called."""


class Moved(Undeliverable):
    """What was asked for is at ``address``, says the provider."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__("It leads on to an address that is not called.")


def call(
    method: str,
    url: str,
    *,
    refused: Refused | None = None,
    limit: int = ANSWER_LIMIT,
    seconds: float = LONGEST,
    **request: Any,
) -> Any:
    """What the provider answers, read from at most ``limit`` bytes of JSON and within
    so many ``seconds``; None where it is none.

    Raises ``ChannelDown`` where nobody answers or the provider is out of order,
    ``Deferred`` where it asks for patience, ``Undeliverable`` where it says no;
    ``refused`` knows better for providers that say so in their own way.
    """
    with _answer(method, url, refused, seconds, **request) as response:
        return _json(_read(response, limit, seconds))


def fetch(
    url: str,
    *,
    limit: int,
    seconds: float = LONGEST,
    onward: MayLead | None = None,
    **request: Any,
) -> bytes:
    """A file of at most ``limit`` bytes. Raises as ``call``; a larger one is refused
    for good, and one that takes longer than ``seconds`` for now.

    Where ``onward`` lets it, one redirect is followed; what proves us to the provider
    (``request``) is not shown to whoever it leads to.
    """
    try:
        with _answer("GET", url, None, seconds, **request) as response:
            return _read(response, limit, seconds)
    except Moved as moved:
        if onward is None or not onward(moved.address):
            raise
        with _answer("GET", moved.address, None, seconds) as response:
            return _read(response, limit, seconds)


@contextmanager
def _answer(
    method: str, url: str, refused: Refused | None, seconds: float, **request: Any
) -> Iterator[httpx.Response]:
    try:
        with httpx.stream(
            method, url, timeout=_waits(seconds), follow_redirects=False, **request
        ) as response:
            if not response.is_success:
                raise _refusal(response, refused, seconds)
            yield response
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ChannelDown(type(error).__name__) from None


def _waits(seconds: float) -> httpx.Timeout:
    """No single wait is longer than all of it may take."""
    return httpx.Timeout(min(ANSWERS_WITHIN, seconds), connect=min(5, seconds))


def _refusal(
    response: httpx.Response, refused: Refused | None, seconds: float
) -> Exception:
    if response.has_redirect_location:
        return Moved(str(response.url.join(response.headers["location"])))
    code, body = response.status_code, _read(response, ANSWER_LIMIT, seconds)
    known = refused(code, _json(body)) if refused else None
    if known is not None:
        return known
    text = f"{code} {_words(body)}"
    if code == 429:
        return Deferred(text)
    if code >= 500:
        return ChannelDown(text)
    return Undeliverable(text, final=code in (403, 404, 410))


def _words(body: bytes) -> str:
    """What the provider says in the fields that providers say it in."""
    said = _json(body)
    known = said if isinstance(said, dict) else {}
    words = (
        known.get("description") or known.get("message") or known.get("errors") or ""
    )
    return one_line(str(words), 200)


def _json(body: bytes) -> Any:
    try:
        return httpx.Response(200, content=body).json()
    except (ValueError, RecursionError):
        return None


def _read(response: httpx.Response, limit: int, seconds: float) -> bytes:
    end, read = time.monotonic() + seconds, bytearray()
    # As it comes: gathered into larger pieces, a drip would not be looked at for hours.
    for part in response.iter_bytes():
        read += part
        if len(read) > limit:
            raise Undeliverable(f"It is larger than {limit} bytes.", final=True)
        if time.monotonic() > end:
            raise Deferred("It comes too slowly.")
    return bytes(read)
