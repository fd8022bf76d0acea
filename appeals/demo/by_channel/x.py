"""Filing by X: a direct message to our account, answered where it was written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.test import override_settings

from appeals.demo.by_channel import social
from appeals.demo.standins import x

if TYPE_CHECKING:
    from appeals.demo.way import Walk


def file(walk: Walk) -> str:
    """Write, read the receipt there, link the account by a code."""
    api = x.XApi()
    server = walk.meanwhile.enter_context(api.server())
    url = walk.reached("x", server)
    configured = override_settings(**x.SETTINGS, X_API_URL=url)
    walk.meanwhile.enter_context(configured)
    say = partial(x.message, author=social.new_account())
    social.file(walk, "x", say, x.signed)
    social.check(walk, [text for _who, text in api.messages])
    return "customer (X)"
