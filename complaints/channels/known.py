"""The registry of channels: one line each, by the provider's name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from complaints.channels.work import Way

WAYS = {
    "app": "complaints.channels.app.inbound",
    "facebook": "complaints.channels.facebook.inbound",
    "x": "complaints.channels.x.inbound",
    "chat": "complaints.channels.chat.inbound",
    "forum": "complaints.channels.forum.inbound",
    "email": "complaints.channels.email.inbound",
    "telegram": "complaints.channels.telegram.inbound",
    "phone": "complaints.channels.phone.inbound",
}
"""Provider -> the module whose ``WAY`` takes its messages in."""


def way_of(provider: str) -> Way:
    """How messages of ``provider`` come in. Raises KeyError for a stranger."""
    way: Way = import_module(WAYS[provider]).WAY
    return way
