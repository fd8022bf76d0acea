"""Filing by Facebook: a message to our page, answered where it was written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.test import override_settings

from appeals.demo.by_channel import social
from appeals.demo.standins import facebook

if TYPE_CHECKING:
    from appeals.demo.way import Walk


def file(walk: Walk) -> str:
    """Write, read the receipt there, link the account by a code."""
    api = facebook.Graph()
    server = walk.meanwhile.enter_context(api.server())
    url = walk.reached("facebook", server)
    configured = override_settings(**facebook.SETTINGS, FACEBOOK_API_URL=url)
    walk.meanwhile.enter_context(configured)
    say = partial(facebook.message, author=social.new_account())
    social.file(walk, "facebook", say, facebook.signed)
    social.check(walk, [sent["text"] for sent in api.messages])
    return "customer (Facebook)"
