"""The webhook and the menu, as Telegram is told of them."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from appeals.demo.standins import telegram
from appeals.demo.standins.telegram import BotApi


def test_webhook_and_menu_in_both_languages(bot: BotApi) -> None:
    call_command("telegram_webhook")
    (first, hook), *menus = bot.methods
    assert first == "setWebhook"
    assert hook == {
        "url": "https://recourse.test/hooks/telegram/",
        "secret_token": telegram.SECRET,
        "allowed_updates": ["message", "edited_message", "callback_query"],
    }
    assert [menu.get("language_code") for _name, menu in menus] == [None, "zh"]
    assert menus[0][1]["commands"][0] == {
        "command": "file",
        "description": "File a complaint",
    }


def test_webhook_is_taken_away(bot: BotApi) -> None:
    call_command("telegram_webhook", remove=True)
    assert [name for name, _fields in bot.methods] == ["deleteWebhook"]


def test_secret_must_be_one_that_telegram_takes(bot: BotApi, settings: Any) -> None:
    settings.TELEGRAM_WEBHOOK_SECRET = "zu kurz"
    with pytest.raises(CommandError):
        call_command("telegram_webhook")


def test_token_never_stands_in_the_refusal(bot: BotApi, settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = "1:wrong"
    with pytest.raises(CommandError) as refused:
        call_command("telegram_webhook")
    assert str(refused.value) == "Telegram said: 401 Unauthorized"
