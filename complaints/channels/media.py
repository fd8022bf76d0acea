"""Pictures and sounds that a platform keeps: which addresses are called for them.

An address that somebody sent is called only where it is one of the platform's own
hosts, by HTTPS: its certificate proves the host, so neither a forged answer of a name
server nor a look-alike leads a request of ours inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from complaints.channels import outgoing
from complaints.outbox import Undeliverable
from complaints.services.evidence import FILE_LIMIT

_ADDRESS = re.compile(r"https?://[a-z0-9.:-]+/[!-~]*", re.I)
"""A host without a user in front of it, and nothing that readers read differently."""

ANY = "*."


def is_at(url: str, places: Iterable[str]) -> bool:
    """Whether ``url`` is at one of ``places``: origins such as
    ``https://pbs.twimg.com``, or ``https://*.fbcdn.net`` for the hosts below one."""
    if "\\" in url or not _ADDRESS.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        return any(_is_of(parts, urlsplit(place)) for place in places)
    except ValueError:  # a port that is none
        return False


def _is_of(parts: SplitResult, place: SplitResult) -> bool:
    if (parts.scheme, parts.port) != (place.scheme, place.port):
        return False
    host, wanted = parts.hostname or "", place.hostname or ""
    if wanted.startswith(ANY):
        return host.endswith(wanted.removeprefix("*"))
    return host == wanted


def fetched(url: str, *, places: Iterable[str], headers: dict[str, str]) -> bytes:
    """The bytes at ``url``, at most those of one file of evidence. ``headers`` prove us
    to the platform. Raises as ``outgoing.fetch``, for good where the address is not at
    one of ``places``."""
    if not is_at(url, places):
        raise Undeliverable("It lies at an address that is not called.", final=True)
    return outgoing.fetch(url, limit=FILE_LIMIT, headers=headers)
