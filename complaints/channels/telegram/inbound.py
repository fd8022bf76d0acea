"""Telegram in: the provider vouches for the account, and for nothing else."""

from __future__ import annotations

from django.conf import settings

from complaints.channels.inbound import Inbound
from complaints.channels.pipeline import take_in
from complaints.channels.reasons import Reason
from complaints.channels.telegram import dialogue, files, update
from complaints.channels.work import Taken, Verdict, Way, Work, dropped


def bot() -> str:
    """Which of our bots it was said to: the number in its token."""
    return str(settings.TELEGRAM_BOT_TOKEN.partition(":")[0])[:120]


def receive(raw: bytes, told: update.Update) -> Taken:
    return take_in(
        raw,
        provider=update.PROVIDER,
        account=bot(),
        external_id=told.key,
        received_at=told.sent_at,
    )


def read(raw: bytes, account: str) -> Inbound:
    return update.inbound_of(update.read(raw), raw, account)


def decide(work: Work) -> Verdict:
    """Only what one person says to the bot alone counts; groups are none of it."""
    told = update.read(work.inbound.raw)
    if not told.private or not (told.text or told.files or told.pressed):
        return dropped(Reason.NOT_PRIVATE)
    return dialogue.answer(work, told)


WAY = Way(
    provider=update.PROVIDER,
    external_id=lambda raw: update.read(raw).key,
    parse=read,
    decide=decide,
    settled=files.settled,
)
