"""The Graph API as published (developers.facebook.com): the Send API, comments, and
the webhooks of a page."""

from __future__ import annotations

import hmac
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from appeals.demo.standins.server import Call, Said, StandIn
from complaints.channels.facebook import hook
from config.stand_ins import PROVIDERS

SETTINGS = PROVIDERS["facebook"]
PAGE = SETTINGS["FACEBOOK_PAGE_ID"]

_numbers = itertools.count(int(time.time() * 1000))


@dataclass
class Graph:
    """One page. ``messages`` are the fields of each, ``comments`` (object, text).
    ``objects`` is what the Graph tells of an object, ``files`` the bytes at a path.

    ``refuse`` is the next answer instead of taking what is said.
    """

    messages: list[dict[str, Any]] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    objects: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    refuse: Said | None = None

    def server(self) -> StandIn:
        return StandIn(self.answer)

    def answer(self, call: Call) -> Said:
        if call.path in self.files:
            # Where files lie, nobody is to be shown the token.
            return Said(
                400 if "authorization" in call.headers else 200, self.files[call.path]
            )
        path, _mark, query = call.path.partition("?")
        fields = dict(parse_qsl(query or call.body.decode()))
        bearer = call.headers.get("authorization", "").removeprefix("Bearer ")
        fields |= {"access_token": bearer} if bearer else {}
        if not _is_proven(fields):
            return problem(400, 190, "Invalid OAuth access token.")
        if self.refuse is not None:
            said, self.refuse = self.refuse, None
            return said
        if call.method == "GET":
            return self._object(unquote(path.strip("/")))
        target, _slash, edge = path.strip("/").partition("/")
        if (target, edge) == (PAGE, "messages"):
            return self._message(fields)
        if edge == "comments":
            self.comments.append((target, fields["message"]))
            return Said(body=json.dumps({"id": f"{target}_1"}).encode())
        return problem(404, 100, "Unsupported post request.")

    def _object(self, number: str) -> Said:
        if number not in self.objects:
            return problem(400, 100, "Unsupported get request.")
        told = {"id": number, **self.objects[number]}
        return Said(body=json.dumps(told).encode())

    def _message(self, fields: dict[str, str]) -> Said:
        recipient = json.loads(fields["recipient"])
        text = json.loads(fields["message"])["text"]
        if not 1 <= len(text) <= 2_000:
            return problem(400, 100, "Length of param message[text] must be <= 2000")
        sent = {"recipient": recipient, "text": text, "tag": fields.get("tag", "")}
        self.messages.append(sent)
        told = {"recipient_id": recipient.get("id", "1"), "message_id": _mid()}
        return Said(body=json.dumps(told).encode())


def _is_proven(fields: dict[str, str]) -> bool:
    token, secret = SETTINGS["FACEBOOK_PAGE_TOKEN"], SETTINGS["FACEBOOK_APP_SECRET"]
    proof = hmac.digest(secret.encode(), token.encode(), "sha256").hex()
    return (fields.get("access_token"), fields.get("appsecret_proof")) == (token, proof)


def problem(status: int, code: int, words: str) -> Said:
    error = {"message": words, "type": "OAuthException", "code": code}
    return Said(status, json.dumps({"error": error}).encode())


# Deliveries ---------------------------------------------------------------------------


def signed(body: bytes) -> dict[str, str]:
    """The header that Meta sends with ``body``."""
    return {hook.SIGNATURE: hook.signature(body)}


def message(text: str, author: str = "6543210987", **more: Any) -> dict[str, Any]:
    at = int(time.time() * 1000)
    said = {"mid": _mid(), "text": text, **more}
    event = {
        "sender": {"id": author},
        "recipient": {"id": PAGE},
        "timestamp": at,
        "message": said,
    }
    return page(time=at, messaging=[event])


def comment(text: str, author: str = "6543210987", **more: Any) -> dict[str, Any]:
    post = f"{PAGE}_122100"
    value = {
        "item": "comment",
        "verb": "add",
        "comment_id": f"122100_{next(_numbers)}",
        "post_id": post,
        "parent_id": post,
        "from": {"id": author, "name": "Ann Example"},
        "message": text,
        "created_time": int(time.time()),
        "post": {"id": post, "permalink_url": f"https://www.facebook.com/{post}"},
        **more,
    }
    return page(time=int(time.time()), changes=[{"field": "feed", "value": value}])


def page(**entry: Any) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": PAGE, **entry}]}


def _mid() -> str:
    return f"m_{next(_numbers)}-AG5Hz2Uq7tuwNEhXfYYKj8mJEM_QPpz5jdCK48PnKAjSdjfipqxq"
