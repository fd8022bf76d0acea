"""X and Facebook behind one face, so that one table asks both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from django.test import Client

from appeals.demo.standins import facebook, x
from complaints.models import Complaint, RawMessage

ANN, MALLORY = "3001969357", "4002969358"


@dataclass
class Platform:
    """One of the two, set up and answered by its stand-in ``api``."""

    name: str
    stand_in: ModuleType
    api: Any

    @property
    def url(self) -> str:
        return f"/hooks/{self.name}/"

    def deliver(self, body: Any, **headers: str) -> Any:
        """The response to a delivery, signed as the platform signs."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = headers or self.stand_in.signed(raw)
        return Client().post(self.url, raw, "application/json", headers=given)

    def taken(self, body: Any) -> RawMessage:
        """What became of a delivery of one item."""
        assert self.deliver(body).status_code == 200
        return RawMessage.objects.filter(provider=self.name).latest("pk")

    def write(self, text: str, author: str = ANN, **more: Any) -> RawMessage:
        """A private message."""
        return self.taken(self.stand_in.message(text, author, **more))

    def post(self, text: str, author: str = ANN, **more: Any) -> dict[str, Any]:
        """A delivery with something that was said before everybody."""
        make = x.mention if self.name == "x" else facebook.comment
        return make(text, author, **more)

    def delete(self, delivery: dict[str, Any]) -> RawMessage:
        """The same post is gone."""
        if self.name == "x":
            post = delivery["tweet_create_events"][0]
            return self.taken(x.deletion(post["id_str"]))
        value = delivery["entry"][0]["changes"][0]["value"]
        gone = facebook.comment("", comment_id=value["comment_id"], verb="remove")
        return self.taken(gone)

    def private(self) -> list[tuple[str, str]]:
        """(account, text) of every private message that went out."""
        if self.name == "x":
            return list(self.api.messages)
        sent = self.api.messages
        return [(next(iter(m["recipient"].values())), m["text"]) for m in sent]

    def public(self) -> list[tuple[str, str]]:
        """(post, text) of every public answer."""
        return list(self.api.replies if self.name == "x" else self.api.comments)


def case_of(raw: RawMessage) -> Complaint:
    assert raw.complaint is not None, (raw.outcome, raw.reason)
    return raw.complaint
