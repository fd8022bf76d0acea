"""An update of the Bot API as a value (core.telegram.org/bots/api#update).

Nothing that is missing, of another type or too large raises: it is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from complaints.channels.inbound import NOTHING, Inbound, Sender
from complaints.channels.language import language_of
from complaints.channels.safetext import display_name, one_line, storable

PROVIDER = "telegram"
MOST = 2**63
TEXT_LIMIT = 50_000
_COMMAND = re.compile(r"/(\w{1,32})(?:@\w{1,64})?(?:\s+(.*))?", re.DOTALL)
_ID = re.compile(r"[\w-]{1,200}")


class NoUpdate(ValueError):
    """Not an object with an ``update_id``."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that Telegram keeps: how it is fetched, and what it says of it.

    ``size`` counts bytes and is 0 where Telegram does not say.
    """

    file_id: str
    unique_id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Update:
    """What one person said or pressed.

    account: Telegram's number of the person, as text; empty where there is none.
    private: said to the bot alone, by a person. language: of their program, one of
    ours. pressed: what stands behind the button, press_id: how Telegram knows it.
    album: the same for pictures that were sent together.
    """

    number: int
    message: int = 0
    account: str = ""
    name: str = ""
    private: bool = False
    language: str = "en"
    sent_at: datetime | None = None
    text: str = ""
    pressed: str = ""
    press_id: str = ""
    album: str = ""
    files: tuple[File, ...] = ()

    @property
    def key(self) -> str:
        """The same however often it is delivered. After a quiet week Telegram counts on
        from anywhere, so its number alone can come a second time."""
        what = self.press_id or str(self.message)
        when = int(self.sent_at.timestamp()) if self.sent_at else 0
        return f"{self.number}:{what}:{when}"[:128]

    @property
    def command(self) -> tuple[str, str]:
        """The name of a command and what stands behind it; empty for other words."""
        found = _COMMAND.fullmatch(self.text.strip())
        return (found[1].lower(), (found[2] or "").strip()) if found else ("", "")


def read(raw: bytes) -> Update:
    """The update that ``raw`` holds. Raises ``NoUpdate``."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        raise NoUpdate from None
    number = told.get("update_id") if isinstance(told, dict) else None
    if not isinstance(number, int) or not 0 <= number < MOST:
        raise NoUpdate
    press = _part(told, "callback_query")
    if press:
        return _of(number, _part(press, "message"), _part(press, "from"), press)
    message = _part(told, "message") or _part(told, "edited_message")
    return _of(number, message, _part(message, "from"), {})


def _of(
    number: int, message: dict[str, Any], who: dict[str, Any], press: dict[str, Any]
) -> Update:
    chat, account = _part(message, "chat"), _number(who.get("id"))
    alone = chat.get("type") == "private" and who.get("is_bot") is False
    said = _text(message.get("text")) or _text(message.get("caption"))
    spoken = _text(who.get("language_code")).lower()
    when = message.get("edit_date") or message.get("date")
    return Update(
        number=number,
        message=_number(message.get("message_id")),
        account=str(account) if account else "",
        name=one_line(
            f"{_text(who.get('first_name'))} {_text(who.get('last_name'))}", 200
        ),
        private=alone and bool(account),
        language="zh-hans" if spoken.startswith("zh") else "en",
        sent_at=None if press else _moment(when),
        text="" if press else storable(said)[:TEXT_LIMIT],
        pressed=one_line(_text(press.get("data")), 64),
        press_id=one_line(_text(press.get("id")), 64),
        album=one_line(_text(message.get("media_group_id")), 40),
        files=() if press else tuple(_files(message)),
    )


def _files(message: dict[str, Any]) -> Iterator[File]:
    """The largest of the sizes of a photo, and whatever else was attached."""
    number = _number(message.get("message_id"))
    sizes = message.get("photo")
    photos = (
        [p for p in sizes if isinstance(p, dict)] if isinstance(sizes, list) else []
    )
    if photos:
        largest = max(photos, key=lambda photo: _number(photo.get("file_size")))
        yield from _file(largest, f"photo-{number}.jpg")
    for kind, ending in (
        ("document", ""),
        ("video", ".mp4"),
        ("audio", ".mp3"),
        ("voice", ".ogg"),
        ("video_note", ".mp4"),
    ):
        yield from _file(_part(message, kind), f"{kind}-{number}{ending}")


def _file(told: dict[str, Any], name: str) -> Iterator[File]:
    key, unique = _text(told.get("file_id")), _text(told.get("file_unique_id"))
    if _ID.fullmatch(key):
        named = display_name(_text(told.get("file_name"))) or name
        size = _number(told.get("file_size"))
        yield File(key, one_line(unique, 60) or key[:60], named[:120], size)


def inbound_of(update: Update, raw: bytes, account: str) -> Inbound:
    """The update as the pipeline knows messages."""
    return Inbound(
        provider=PROVIDER,
        account=account,
        external_id=update.key,
        sender=Sender(handle=update.account, name=update.name),
        sent_at=update.sent_at,
        received_at=update.sent_at,
        subject="",
        text=update.text,
        full_text=update.text,
        html="",
        language=language_of(update.text) or update.language,
        attachments=(),
        recipients=(),
        message_id="",
        references=(),
        authentication=NOTHING,
        automatic="",
        raw=raw,
    )


def _part(told: dict[str, Any], name: str) -> dict[str, Any]:
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int:
    known = isinstance(value, int) and not isinstance(value, bool)
    return value if known and 0 < value < MOST else 0


def _moment(value: Any) -> datetime | None:
    """Seconds since 1970, of this century."""
    seconds = _number(value)
    if not 946_684_800 < seconds < 4_102_444_800:
        return None
    return datetime.fromtimestamp(seconds, UTC)
