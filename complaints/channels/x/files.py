"""Pictures and videos of posts and direct messages, which X keeps.

An address is a host of ``X_MEDIA`` and a path, so nothing else is ever called. What is
said in private is given out to the account it was said to alone (docs.x.com, "Direct
Messages: retrieving media"); what is public, to anybody.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from complaints.channels import files, media
from complaints.channels.safetext import display_name
from complaints.channels.said import MEDIA_KEPT, File, dig, rows_at, words_at
from complaints.channels.x import outbound
from complaints.models import Outbox
from complaints.outbox import Undeliverable

CHANNEL = "x-file"
PRIVATE = "ton.twitter.com"
LONGEST = 250

_PATH = re.compile(r"(?:/[\w-][\w.-]*)+", re.ASCII)


def files_of(rows: list[Any]) -> tuple[File, ...]:
    """The files of media objects, of a video its best version; without what is not at
    a host of X that we know."""
    found = (_file(_url(row)) for row in rows[:MEDIA_KEPT])
    return tuple(file for file in found if file is not None)


def _url(row: Any) -> str:
    versions = [
        one
        for one in rows_at(row, "video_info", "variants")
        if words_at(one, "content_type") == "video/mp4"
    ]
    best = max(versions, key=_rate, default=None)
    return words_at(best, "url") or words_at(row, "media_url_https")


def _rate(version: Any) -> int:
    given = dig(version, "bitrate")
    return given if isinstance(given, int) else 0


def _file(url: str) -> File | None:
    hosts = settings.X_MEDIA
    if not media.is_at(url, [f"https://{host}" for host in hosts]):
        return None
    parts = urlsplit(url)
    address = f"{parts.hostname}{parts.path}"
    if not _PATH.fullmatch(parts.path) or len(address) > LONGEST:
        return None
    return File(address, display_name(parts.path)[-120:] or "file")


def fetch(row: Outbox) -> None:
    """Fetch one file into its case. Raises as a sender does."""
    host, slash, path = row.recipient.partition("/")
    place = settings.X_MEDIA.get(host)
    if place is None or not _PATH.fullmatch(slash + path):
        raise Undeliverable("This is no file of X.", final=True)
    url = f"{place}/{path}"
    headers = outbound.proof("GET", url) if host == PRIVATE else {}
    content = media.fetched(url, places=settings.X_MEDIA.values(), headers=headers)
    files.keep(row, content, provider="x")
