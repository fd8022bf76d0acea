"""``/hooks/telegram/``: deliveries of the Bot API, known by the secret we chose."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from complaints.channels.telegram import inbound, update
from complaints.channels.webhook import (
    Malformed,
    Refused,
    hook,
    problem,
    refuse_replay,
    same,
)

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header

TRIES_FOR = timedelta(hours=24)
"""Updates "will not be kept longer than 24 hours".
Source: https://core.telegram.org/bots/api#getting-updates"""


@hook("POST")
def receive(request: HttpRequest, body: bytes) -> HttpResponse:
    """Take one update in. A pressed button is told at once that it was heard; what
    the bot says goes through the outbox."""
    if not (settings.TELEGRAM_BOT_TOKEN and settings.TELEGRAM_WEBHOOK_SECRET):
        return problem(404, "not_configured")
    if not same(request.headers.get(SECRET, ""), settings.TELEGRAM_WEBHOOK_SECRET):
        raise Refused
    try:
        told = update.read(body)
    except update.NoUpdate:
        raise Malformed from None
    refuse_replay([inbound.receive(body, told)], tries_for=TRIES_FOR)
    if not told.press_id:
        return JsonResponse({})
    heard = {"method": "answerCallbackQuery", "callback_query_id": told.press_id}
    return JsonResponse(heard)
