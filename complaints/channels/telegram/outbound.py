"""What the bot says, by the Bot API (core.telegram.org/bots/api#sendmessage).

Plain text without ``parse_mode``: nothing that a customer wrote can become markup.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from complaints.channels import outgoing
from complaints.channels.safetext import storable
from complaints.channels.telegram.words import buttons
from complaints.models import Outbox
from complaints.outbox import Undeliverable
from complaints.states import Channel

CHANNEL = Channel.TELEGRAM
BOT = "bot"
"""``Outbox.kind`` of what the bot says by itself; its subject names buttons and
language, with a bar between them."""

TEXT_LIMIT = 4096
"""Of one message, in UTF-16 units, as Telegram counts."""


def ask(method: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The ``result`` of a method of the Bot API. Raises as ``outgoing.call``, and
    ``Undeliverable`` where no bot is set up."""
    token = settings.TELEGRAM_BOT_TOKEN
    if not token:
        raise Undeliverable("Telegram is not configured.", final=True)
    url = f"{settings.TELEGRAM_API_URL}/bot{token}/{method}"
    told = outgoing.call("POST", url, json=fields)
    result = told.get("result") if isinstance(told, dict) else None
    return result if isinstance(result, dict) else {}


def send(row: Outbox) -> None:
    """Deliver one notice to the account that is its recipient."""
    keyboard, _bar, language = row.subject.partition("|") if _by_bot(row) else ("",) * 3
    fields: dict[str, Any] = {
        "chat_id": row.recipient,
        "text": cut(_text(row), _language(row)),
        "link_preview_options": {"is_disabled": True},
    }
    with override(language or _language(row)):
        shown = buttons(keyboard)
    if shown:
        rows = [[{"text": words, "callback_data": data}] for words, data in shown]
        fields["reply_markup"] = {"inline_keyboard": rows}
    ask("sendMessage", fields)


def _by_bot(row: Outbox) -> bool:
    return row.kind == BOT


def _language(row: Outbox) -> str:
    return row.letter.language if row.letter else settings.LANGUAGE_CODE


def _text(row: Outbox) -> str:
    """The letter for somebody who is known, its cover words for anybody else."""
    if _by_bot(row):
        return row.body
    body = row.body or (row.letter.body if row.letter else "")
    return f"{row.subject}\n\n{body}".strip()


def cut(text: str, language: str) -> str:
    """At most one message; the page of the case holds the whole letter."""
    text = storable(text)
    if _units(text) <= TEXT_LIMIT:
        return text
    with override(language):
        rest = gettext("The letter goes on here: %(url)s")
    end = "\n[…]\n" + rest % {"url": f"{settings.SITE_URL}/complaints/"}
    room = TEXT_LIMIT - _units(end)
    kept = text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore")
    return kept + end


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
