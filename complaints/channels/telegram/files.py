"""Pictures and documents, which Telegram keeps until they are asked for.

The Bot API hands out files up to 20 MB (core.telegram.org/bots/api#getfile).
"""

from __future__ import annotations

import re
from urllib.parse import quote

from django.conf import settings

from complaints.channels import files, outgoing
from complaints.channels.telegram import update
from complaints.channels.telegram.outbound import ask
from complaints.channels.work import Verdict, Work
from complaints.models import Outbox
from complaints.outbox import Undeliverable

CHANNEL = "tg-file"
LIMIT = 20_000_000
_PATH = re.compile(r"[\w-]+(?:[./][\w-]+){0,8}")


def settled(work: Work, verdict: Verdict) -> None:
    """The message is on a case now: have its files fetched."""
    if verdict.complaint is None:
        return
    for file in update.read(work.inbound.raw).files:
        if file.size <= LIMIT:
            files.owe(
                work.raw,
                verdict.complaint,
                channel=CHANNEL,
                address=file.file_id,
                name=file.name,
                key=file.unique_id,
                now=work.now,
            )


def fetch(row: Outbox) -> None:
    """Fetch one file into its case. Raises as a sender does."""
    told = ask("getFile", {"file_id": row.recipient})
    path = told.get("file_path")
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise Undeliverable("Telegram names no file.", final=True)
    token = settings.TELEGRAM_BOT_TOKEN
    url = f"{settings.TELEGRAM_API_URL}/file/bot{token}/{quote(path)}"
    files.keep(row, outgoing.fetch(url, limit=LIMIT), provider=update.PROVIDER)
