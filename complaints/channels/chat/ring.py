"""Saying that there is something new; what it is stands in the rows.

A message to the channel layer may be lost: every socket looks into the rows by itself
from time to time, and so does every page that polls.
"""

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)

DESK = "chat.desk"
QUEUE = "chat.queue"


def talk(pk: int) -> str:
    """The group of everybody in a conversation."""
    return f"chat.talk.{pk}"


def person(pk: int) -> str:
    """The group of every socket that somebody of the desk has open."""
    return f"chat.person.{pk}"


def after_commit(pk: int, *, queue: bool = False, upto: int = 0) -> None:
    """Tell a conversation, and with ``queue`` the desk and all who wait.

    Whoever has line ``upto`` already need not look; 0 is for everybody.
    """
    groups = [talk(pk), *([DESK, QUEUE] if queue else [])]
    transaction.on_commit(lambda: ring(*groups, upto=upto))


def ring(*groups: str, upto: int = 0) -> None:
    """Never raises: without Redis the sockets find out a little later."""
    layer = get_channel_layer()
    send = async_to_sync(layer.group_send)
    try:
        for group in groups:
            kind = "chat.queue" if group == QUEUE else "chat.news"
            send(group, {"type": kind, "upto": upto})
    except Exception as error:  # whatever the layer runs on
        logger.warning("Nobody was told of news in a chat: %s", error)
