"""What filing by X and by Facebook have in common: a message, its receipt in the same
conversation, and the code that makes the case the customer's own."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from appeals.demo.visitor import DoorClosed, Visitor
from complaints.models import Complaint

if TYPE_CHECKING:
    from appeals.demo.way import Walk

Signed = Callable[[bytes], dict[str, str]]


def new_account() -> str:
    """A number that nobody wrote from before: each walk is somebody's first message."""
    return str(secrets.randbelow(10**12) + 10**12)


def file(
    walk: Walk, channel: str, say: Callable[[str], dict[str, Any]], sign: Signed
) -> None:
    """Write to the desk, link the account, and hear that it is linked."""
    _deliver(channel, say(walk.filing["description"]), sign)
    walk.case = Complaint.objects.filter(channel=channel).latest("pk")
    walk.relay()
    _deliver(channel, say(_code(walk.by("customer"))), sign)
    walk.relay()
    if walk.complaint.customer.user != walk.by("customer").user:
        raise DoorClosed("the code did not make the case the customer's")


def _code(customer: Visitor) -> str:
    """A code made while signed in."""
    page = customer.read(customer.submit("/accounts/linked/", make="1"))
    code = re.search(r'data-copy="([2-9A-Z]{10})"', page)
    if code is None:
        raise DoorClosed("the page of linked accounts shows no code")
    return code[1]


def _deliver(channel: str, told: dict[str, Any], sign: Signed) -> None:
    body = json.dumps(told).encode()
    response = Visitor().client.post(
        f"/hooks/{channel}/",
        body,
        "application/json",
        secure=True,
        headers=sign(body),
    )
    if response.status_code != 200:
        raise DoorClosed(f"the hook answered {response.status_code}")


def check(walk: Walk, texts: list[str]) -> None:
    """The receipt named the case and nothing of its matter; the link was confirmed."""
    receipts = [text for text in texts if walk.complaint.reference in text]
    if not receipts:
        raise DoorClosed("no receipt came back in the conversation")
    if any(walk.filing["description"] in text for text in texts):
        raise DoorClosed("an account that nobody had proven was told the matter")
    if not any(text.startswith("This account is now linked") for text in texts):
        raise DoorClosed("nobody said that the account is linked")
