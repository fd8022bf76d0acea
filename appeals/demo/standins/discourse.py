"""Discourse as published (docs.discourse.org): private messages by its API, and the
webhooks of its posts."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any

from appeals.demo.standins.server import Call, Said, StandIn
from complaints.channels.forum import discourse

SETTINGS = {
    "DISCOURSE_WEBHOOK_SECRET": "stand-in-secret-of-the-webhook",
    "DISCOURSE_API_KEY": "stand-in-key-of-the-api",
    "DISCOURSE_API_USERNAME": "complaints_desk",
}

_numbers = itertools.count(int(time.time()))


@dataclass
class Discourse:
    """One forum. ``users`` maps an account's number to its name; ``messages`` are the
    private messages that were sent. ``refuse`` is the next answer instead. ``private``
    says who takes part in a topic; one that is not named is between its author and the
    desk. ``closed`` are the categories that not everybody reads."""

    users: dict[int, str] = field(default_factory=lambda: {4711: "ann_example"})
    messages: list[dict[str, Any]] = field(default_factory=list)
    refuse: Said | None = None
    private: dict[int, list[str]] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)

    def server(self) -> StandIn:
        return StandIn(self.answer)

    def answer(self, call: Call) -> Said:
        given = (call.headers.get("api-key"), call.headers.get("api-username"))
        ours = (SETTINGS["DISCOURSE_API_KEY"], SETTINGS["DISCOURSE_API_USERNAME"])
        if given != ours:
            return problem(403, "You are not permitted to view the requested resource.")
        if self.refuse is not None:
            said, self.refuse = self.refuse, None
            return said
        if call.method == "GET" and call.path.startswith("/admin/users/"):
            return self._user(call.path.split("/")[-1].removesuffix(".json"))
        if call.method == "GET" and call.path.startswith("/t/"):
            return self._topic(call.path.split("/")[-1].removesuffix(".json"))
        if call.method == "GET" and call.path.startswith("/c/"):
            return self._category(call.path.split("/")[2])
        if (call.method, call.path) == ("POST", "/posts.json"):
            return self._post(json.loads(call.body))
        return problem(404, "The requested URL or resource could not be found.")

    def _user(self, number: str) -> Said:
        name = self.users.get(int(number)) if number.isdecimal() else None
        if name is None:
            return problem(404, "The requested URL or resource could not be found.")
        return Said(body=json.dumps({"id": int(number), "username": name}).encode())

    def _topic(self, number: str) -> Said:
        """A topic as a member of the staff reads it; here without its posts."""
        ours = [SETTINGS["DISCOURSE_API_USERNAME"], "ann_example"]
        names = self.private.get(int(number), ours)
        people = [{"id": 1, "username": name, "name": name} for name in names]
        details = {"can_edit": True, "allowed_users": people, "allowed_groups": []}
        told = {"id": int(number), "archetype": "private_message", "details": details}
        return Said(body=json.dumps(told).encode())

    def _category(self, number: str) -> Said:
        told = {"id": int(number), "read_restricted": int(number) in self.closed}
        return Said(body=json.dumps({"category": told}).encode())

    def _post(self, sent: dict[str, Any]) -> Said:
        if any(sent["external_id"] == one["external_id"] for one in self.messages):
            return problem(422, "External ID has already been taken")
        if sent["target_recipients"] not in self.users.values():
            return problem(422, "Sorry, one of the users does not exist.")
        self.messages.append(sent)
        told = {"id": next(_numbers), "topic_id": next(_numbers)}
        return Said(body=json.dumps(told).encode())


def problem(status: int, words: str) -> Said:
    return Said(status, json.dumps({"errors": [words]}).encode())


# Deliveries ---------------------------------------------------------------------------


def signed(body: bytes) -> dict[str, str]:
    """The headers that Discourse sends with ``body``."""
    return {
        "X-Discourse-Instance": "https://forum.example",
        "X-Discourse-Event-Id": str(next(_numbers)),
        "X-Discourse-Event-Type": "post",
        "X-Discourse-Event": "post_created",
        "X-Discourse-Event-Signature": discourse.signature(
            body, SETTINGS["DISCOURSE_WEBHOOK_SECRET"]
        ),
    }


POST: dict[str, Any] = {
    "name": "Ann Example",
    "username": "ann_example",
    "avatar_template": "/letter_avatar_proxy/v4/letter/a/3bc359/{size}.png",
    "post_number": 1,
    "post_type": 1,
    "reply_count": 0,
    "reply_to_post_number": None,
    "quote_count": 0,
    "incoming_link_count": 0,
    "reads": 0,
    "score": 0,
    "topic_slug": "withdrawal-held-since-tuesday",
    "topic_title": "Withdrawal held since Tuesday",
    "category_id": 5,
    "display_username": "Ann Example",
    "version": 1,
    "user_title": None,
    "moderator": False,
    "admin": False,
    "staff": False,
    "user_id": 4711,
    "hidden": False,
    "trust_level": 1,
    "deleted_at": None,
    "user_deleted": False,
    "edit_reason": None,
    "wiki": False,
    "reviewable_id": None,
    "topic_posts_count": 1,
    "topic_filtered_posts_count": 1,
    "topic_archetype": "regular",
    "category_slug": "complaints",
}
"""What ``WebHookPostSerializer`` says of a post beside its words."""


def post(text: str, **more: Any) -> dict[str, Any]:
    """A delivery about a post, the first of a topic of its own."""
    number = next(_numbers)
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    told = {"created_at": now, "updated_at": now, "cooked": f"<p>{text}</p>"}
    return {
        "post": {**POST, "id": number, "topic_id": number, **told, "raw": text, **more}
    }
