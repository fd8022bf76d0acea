"""The X API as published (docs.x.com): direct messages and posts by v2, deliveries of
the Account Activity API."""

from __future__ import annotations

import itertools
import json
import re
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote

from appeals.demo.standins.server import Call, Said, StandIn
from complaints.channels.x import hook, oauth
from config.stand_ins import PROVIDERS

SETTINGS = PROVIDERS["x"]
ACCOUNT = SETTINGS["X_ACCESS_TOKEN"].partition("-")[0]
KEYS = oauth.Keys(*SETTINGS.values())

_numbers = itertools.count(int(time.time() * 1000))
_DIRECT = re.compile(r"/2/dm_conversations/with/(\d+)/messages")
_URL = re.compile(r"https?://\S+")


@dataclass
class XApi:
    """One account. ``messages`` are (account, text), ``replies`` (post, text),
    ``media`` the bytes at a path; below ``/1.1/ton/`` they are private.

    ``refuse`` is the next answer instead of taking what is said.
    """

    messages: list[tuple[str, str]] = field(default_factory=list)
    replies: list[tuple[str, str]] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    refuse: Said | None = None

    def server(self) -> StandIn:
        self.stand_in = StandIn(self.answer)
        return self.stand_in

    def answer(self, call: Call) -> Said:
        is_private = call.method == "POST" or call.path.startswith("/1.1/ton/")
        if is_private and not self._is_signed(call):
            return problem(401, "Unauthorized")
        if self.refuse is not None:
            said, self.refuse = self.refuse, None
            return said
        if call.method == "GET":
            return self._file(call)
        fields = json.loads(call.body or b"{}")
        if direct := _DIRECT.fullmatch(call.path):
            return self._message(direct[1], fields["text"])
        if call.path == "/2/tweets":
            post = fields["reply"]["in_reply_to_tweet_id"]
            return self._reply(post, fields["text"])
        return problem(404, "Not Found")

    def _is_signed(self, call: Call) -> bool:
        """RFC 5849, by the header alone: a JSON body is not part of it."""
        header = call.headers.get("authorization", "")
        pairs = re.findall(r'(oauth_\w+)="([^"]*)"', header)
        named = {name: unquote(value) for name, value in pairs}
        given = named.pop("oauth_signature", "")
        url = f"{self.stand_in.url}{call.path}"
        return given == oauth.signature(KEYS, call.method, url, named)

    def _file(self, call: Call) -> Said:
        """A file of a post is given out to whoever asks, and asked for by nobody."""
        public = not call.path.startswith("/1.1/ton/")
        if call.path not in self.media or (public and "authorization" in call.headers):
            return problem(404, "Not Found")
        return Said(body=self.media[call.path], content_type="image/jpeg")

    def _message(self, account: str, text: str) -> Said:
        if not 1 <= len(text) <= 10_000:
            return problem(400, "Invalid Request")
        self.messages.append((account, text))
        event = str(next(_numbers))
        data = {"dm_conversation_id": f"{ACCOUNT}-{account}", "dm_event_id": event}
        return Said(201, json.dumps({"data": data}).encode())

    def _reply(self, post: str, text: str) -> Said:
        if (post, text) in self.replies:
            words = "You are not allowed to create a Tweet with duplicate content."
            return problem(403, words)
        if weight(text) > 280:
            return problem(403, "Your Tweet text is too long.")
        self.replies.append((post, text))
        data = {"id": str(next(_numbers)), "text": text}
        return Said(201, json.dumps({"data": data}).encode())


def weight(text: str) -> int:
    """As X counts: an address is 23, what is not Latin or punctuation 2 (docs.x.com,
    "Counting characters")."""
    plain = _URL.sub("", text)
    wide = sum(
        not (
            ord(c) <= 0x10FF or 0x2000 <= ord(c) <= 0x200D or 0x2010 <= ord(c) <= 0x201F
        )
        for c in plain
    )
    return len(plain) + wide + 23 * len(_URL.findall(text))


def problem(status: int, detail: str) -> Said:
    told = {"title": "Problem", "detail": detail, "status": status}
    return Said(status, json.dumps({**told, "type": "about:blank"}).encode())


# Deliveries ---------------------------------------------------------------------------


def signed(body: bytes) -> dict[str, str]:
    """The header that X sends with ``body``."""
    return {hook.SIGNATURE: hook.signature(body)}


def mention(text: str, author: str = "3001969357", **more: Any) -> dict[str, Any]:
    number = str(next(_numbers))
    user = {"id_str": author, "name": "Ann Example", "screen_name": "ann_example"}
    us = {"id_str": ACCOUNT, "screen_name": "exchange", "indices": [0, 9]}
    post = {
        "created_at": _created(),
        "id": int(number),
        "id_str": number,
        "text": text,
        "user": {"id": int(author), **user},
        "entities": {"user_mentions": [us]},
        "in_reply_to_status_id_str": None,
        "lang": "en",
        "timestamp_ms": str(int(time.time() * 1000)),
        **more,
    }
    return {"for_user_id": ACCOUNT, "tweet_create_events": [post]}


def message(text: str, author: str = "3001969357", **data: Any) -> dict[str, Any]:
    event = {
        "type": "message_create",
        "id": str(next(_numbers)),
        "created_timestamp": str(int(time.time() * 1000)),
        "message_create": {
            "target": {"recipient_id": ACCOUNT},
            "sender_id": author,
            "message_data": {"text": text, "entities": {"urls": []}, **data},
        },
    }
    users = {
        author: {"id": author, "name": "Ann Example", "screen_name": "ann_example"},
        ACCOUNT: {"id": ACCOUNT, "name": "Exchange", "screen_name": "exchange"},
    }
    return {
        "for_user_id": ACCOUNT,
        "direct_message_events": [event],
        "users": users,
    }


def deletion(post: str, author: str = "3001969357") -> dict[str, Any]:
    status = {"id": post, "user_id": author}
    event = {"status": status, "timestamp_ms": str(int(time.time() * 1000))}
    return {"for_user_id": ACCOUNT, "tweet_delete_events": [event]}


def _created() -> str:
    """ "Sun Nov 22 20:15:30 +0000 2026"."""
    day, number, month, year, clock, _zone = formatdate(usegmt=True).split()
    return f"{day.rstrip(',')} {month} {number} {clock} +0000 {year}"
