"""A person who talks to the bot, and what it said to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from appeals.demo.standins import telegram
from complaints.models import Complaint, Outbox, RawMessage

HOOK = "/hooks/telegram/"
ADA = 77_001


@pytest.fixture
def bot(settings: Any) -> Iterator[telegram.BotApi]:
    """Our bot, whose messages reach the stand-in."""
    api = telegram.BotApi()
    settings.TELEGRAM_BOT_TOKEN = telegram.TOKEN
    settings.TELEGRAM_WEBHOOK_SECRET = telegram.SECRET
    with api.server() as server:
        settings.TELEGRAM_API_URL = server.url
        yield api


def deliver(update: Any, secret: str = telegram.SECRET) -> Any:
    """The update as Telegram posts it; the response."""
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
    return Client().post(HOOK, body, "application/json", headers=headers)


def say(text: str, account: int = ADA, **more: Any) -> RawMessage:
    return _taken(telegram.message(account, text, **more))


def push(data: str, account: int = ADA, **more: Any) -> RawMessage:
    return _taken(telegram.press(account, data, **more))


def _taken(update: dict[str, Any]) -> RawMessage:
    assert deliver(update).status_code == 200
    return RawMessage.objects.get(external_id__startswith=f"{update['update_id']}:")


def reply() -> str:
    """What the bot put last into its outbox."""
    return Outbox.objects.filter(kind="bot").latest("pk").body


def filed(words: str = "My withdrawal never came.", account: int = ADA) -> Complaint:
    """A complaint through the whole conversation."""
    say("/file", account)
    push("risk:no", account)
    push("cat:withdrawals.delayed", account)
    raw = say(words, account)
    assert raw.outcome == "opened"
    assert raw.complaint is not None
    return raw.complaint
