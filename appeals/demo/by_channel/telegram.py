"""Filing by Telegram: a customer links their account there and talks to the bot."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.test import override_settings

from appeals.demo.standins import telegram
from appeals.demo.standins.telegram import BotApi
from appeals.demo.visitor import DoorClosed, Visitor
from complaints.models import Complaint

if TYPE_CHECKING:
    from appeals.demo.way import Walk

ACCOUNT = 815_4711


def file(walk: Walk) -> str:
    """Link by a code made while signed in, answer the bot, read its receipt."""
    bot = BotApi(files={"screenshot": b"\x89PNG\r\n\x1a\n a picture"})
    server = walk.meanwhile.enter_context(bot.server())
    configured = override_settings(
        TELEGRAM_BOT_TOKEN=telegram.TOKEN,
        TELEGRAM_WEBHOOK_SECRET=telegram.SECRET,
        TELEGRAM_API_URL=walk.reached("telegram", server),
    )
    walk.meanwhile.enter_context(configured)
    _talk(walk)
    walk.relay()
    _check_receipt(walk, bot)
    return "customer (Telegram)"


def _talk(walk: Walk) -> None:
    customer = walk.by("customer")
    page = customer.read(customer.submit("/accounts/linked/", make="1"))
    code = re.search(r'data-copy="([2-9A-Z]{10})"', page)
    if code is None:
        raise DoorClosed("the page of linked accounts shows no code")
    parent = walk.filing["category"].partition(".")[0]
    for told in (
        telegram.message(ACCOUNT, f"/link {code[1]}"),
        telegram.message(ACCOUNT, "/file"),
        telegram.press(ACCOUNT, "risk:no"),
        telegram.press(ACCOUNT, f"cat:{parent}"),
        telegram.press(ACCOUNT, f"cat:{walk.filing['category']}"),
        telegram.message(ACCOUNT, walk.filing["description"]),
        telegram.message(ACCOUNT, "", **telegram.photo("screenshot")),
    ):
        _deliver(told)
    walk.case = Complaint.objects.filter(channel="telegram").latest("pk")


def _deliver(told: dict[str, Any]) -> None:
    visitor = Visitor()
    response = visitor.client.post(
        "/hooks/telegram/",
        json.dumps(told),
        "application/json",
        secure=True,
        headers={"X-Telegram-Bot-Api-Secret-Token": telegram.SECRET},
    )
    if response.status_code != 200:
        raise DoorClosed(f"the hook answered {response.status_code}")


def _check_receipt(walk: Walk, bot: BotApi) -> None:
    case = walk.complaint
    texts = [sent["text"] for sent in bot.sent]
    if not any(text.startswith(f"Complaint {case.reference}") for text in texts):
        raise DoorClosed("no receipt came back on Telegram")
    if not case.evidence.exists():
        raise DoorClosed("the picture was not fetched")
