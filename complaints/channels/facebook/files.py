"""Files of messages, comments and posts, which Meta keeps.

Asked for by the number of what they came with: ``GET /{id}?fields=…`` of the Graph API,
with the token of the page. The addresses that a delivery names end after a while; those
in the answer are new, and called only where they are hosts of Meta's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.conf import settings

from complaints.channels import files, media, outgoing
from complaints.channels.facebook import outbound
from complaints.channels.said import MEDIA_KEPT, File, dig, rows_at, words_at
from complaints.models import Outbox
from complaints.outbox import Undeliverable

CHANNEL = "fb-file"
MESSAGE, COMMENT, POST = "message", "comment", "post"
LONGEST = 240

FIELDS = {
    MESSAGE: "attachments{name,image_data,video_data,file_url}",
    COMMENT: "attachment",
    POST: "attachments{media,subattachments}",
}
ENDINGS = {"image": ".jpg", "photo": ".jpg", "video": ".mp4", "audio": ".mp3"}

_ID = re.compile(r"[\w.:$=-]+", re.ASCII)


def files_of(kind: str, number: str, types: list[str]) -> tuple[File, ...]:
    """The files that came with a message, comment or post, in Meta's order."""
    if not _ID.fullmatch(number) or len(number) > LONGEST:
        return ()
    return tuple(
        File(f"{kind}/{at}/{number}", f"{type_}-{at + 1}{ENDINGS.get(type_, '')}")
        for at, type_ in enumerate(types[:MEDIA_KEPT])
    )


def fetch(row: Outbox) -> None:
    """Fetch one file into its case. Raises as a sender does."""
    kind, _slash, rest = row.recipient.partition("/")
    at, _slash, number = rest.partition("/")
    if kind not in FIELDS or not at.isdecimal() or not _ID.fullmatch(number):
        raise Undeliverable("This is no file of Facebook.", final=True)
    found = list(_ADDRESSES[kind](_asked(number, FIELDS[kind])))
    if int(at) >= len(found):
        raise Undeliverable("Facebook knows no such file any more.")
    content = media.fetched(found[int(at)], places=settings.FACEBOOK_MEDIA, headers={})
    files.keep(row, content, provider="facebook")


def _asked(number: str, fields: str) -> Any:
    """The token goes in a header: an address might be logged."""
    proof = outbound.proof()
    return outgoing.call(
        "GET",
        f"{settings.FACEBOOK_API_URL}/{quote(number, safe='')}",
        refused=outbound.refused,
        params={"fields": fields, "appsecret_proof": proof["appsecret_proof"]},
        headers={"Authorization": f"Bearer {proof['access_token']}"},
    )


# Where the addresses stand in an answer -----------------------------------------------


def _of_message(told: Any) -> Iterator[str]:
    for row in rows_at(told, "attachments", "data"):
        yield (
            words_at(row, "image_data", "url")
            or words_at(row, "video_data", "url")
            or words_at(row, "file_url")
        )


def _of_comment(told: Any) -> Iterator[str]:
    yield _of_media(dig(told, "attachment"))


def _of_post(told: Any) -> Iterator[str]:
    for row in rows_at(told, "attachments", "data"):
        parts = rows_at(row, "subattachments", "data")
        yield from map(_of_media, parts or [row])


def _of_media(attachment: Any) -> str:
    return words_at(attachment, "media", "source") or words_at(
        attachment, "media", "image", "src"
    )


_ADDRESSES = {MESSAGE: _of_message, COMMENT: _of_comment, POST: _of_post}
