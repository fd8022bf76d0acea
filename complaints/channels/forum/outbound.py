"""Answers on the channel: into a member's private notes, or as a private message of
Discourse. Nothing goes out in public from here."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.utils import timezone

from complaints.channels import outgoing
from complaints.channels.forum.discourse import HANDLE
from complaints.channels.forum.models import NAMED_BOARD, Member, Note
from complaints.models import Outbox
from complaints.outbox import Undeliverable
from complaints.states import Channel

CHANNEL = Channel.FORUM
TITLE_LIMIT = 200


def send(row: Outbox) -> None:
    """Deliver ``row`` or raise ``ChannelDown``, ``Deferred`` or ``Undeliverable``."""
    if row.recipient.startswith(NAMED_BOARD):
        _note(row, row.recipient.removeprefix(NAMED_BOARD))
    elif row.recipient.startswith(HANDLE):
        _message(row, row.recipient.removeprefix(HANDLE))
    else:
        raise Undeliverable("This is no account of a community.", final=True)


def _note(row: Outbox, handle: str) -> None:
    """Sent again it stays one note."""
    member = Member.objects.filter(handle=handle).first()
    if member is None:
        raise Undeliverable("There is no such member.", final=True)
    Note.objects.get_or_create(
        outbox=row, defaults={"member": member, "at": timezone.now()}
    )


# Discourse ----------------------------------------------------------------------------


def _message(row: Outbox, number: str) -> None:
    """One private message a notice. Its ``external_id`` makes a second try harmless:
    Discourse refuses it, and what it refuses for that reason has arrived."""
    if not is_set_up():
        raise Undeliverable("Discourse is not configured.", final=True)
    body = row.body or (row.letter.body if row.letter else "")
    message = {
        "title": row.subject[:TITLE_LIMIT],
        "raw": body,
        "archetype": "private_message",
        "target_recipients": _username(number),
        "external_id": hashlib.sha256(row.key.encode()).hexdigest()[:40],
    }
    try:
        ask("POST", "/posts.json", json=message)
    except Undeliverable as refusal:
        if "external" not in str(refusal).lower():
            raise


def _username(number: str) -> str:
    """The name that the account has now: names change hands, numbers do not."""
    if not number.isdecimal():
        raise Undeliverable("This is no account of Discourse.", final=True)
    said = ask("GET", f"/admin/users/{number}.json")
    name = said.get("username") if isinstance(said, dict) else None
    if not isinstance(name, str) or not name or "," in name:
        raise Undeliverable("Discourse does not know this account.", final=True)
    return name


def is_set_up() -> bool:
    """Whether Discourse can be asked and answered."""
    return bool(settings.DISCOURSE_URL and settings.DISCOURSE_API_KEY)


def ask(method: str, path: str, **request: Any) -> object:
    """What its API answers to our account; raises as ``outgoing.call``."""
    headers = {
        "Api-Key": settings.DISCOURSE_API_KEY,
        "Api-Username": settings.DISCOURSE_API_USERNAME,
    }
    found: object = outgoing.call(
        method, f"{settings.DISCOURSE_URL}{path}", headers=headers, **request
    )
    return found
