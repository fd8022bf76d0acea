"""The Bot API as published (core.telegram.org/bots/api): what it answers, and the
updates that it delivers."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any

from appeals.demo.standins.server import Call, Said, StandIn
from config.stand_ins import PROVIDERS

TOKEN = PROVIDERS["telegram"]["TELEGRAM_BOT_TOKEN"]
SECRET = "stand-in-secret-of-a-bot"  # noqa: S105 - opens nothing

_numbers = itertools.count(int(time.time() * 1000))


@dataclass
class BotApi:
    """One bot. ``sent`` holds what was said, ``files`` what may be fetched by id.

    ``refuse`` is the next answer to ``sendMessage`` instead of taking it.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    methods: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuse: Said | None = None

    def server(self) -> StandIn:
        return StandIn(self.answer)

    def answer(self, call: Call) -> Said:
        for kind, act in (("/file/bot", self._file), ("/bot", self._method)):
            if call.path.startswith(f"{kind}{TOKEN}/"):
                return act(call.path.removeprefix(f"{kind}{TOKEN}/"), call.body)
        return refusal(401, "Unauthorized")

    def _file(self, path: str, _body: bytes) -> Said:
        content = self.files.get(path.removeprefix("documents/"))
        if content is None:
            return refusal(404, "Not Found")
        return Said(body=content, content_type="application/octet-stream")

    def _method(self, name: str, body: bytes) -> Said:
        fields = json.loads(body or b"{}")
        self.methods.append((name, fields))
        if name == "getFile":
            if fields["file_id"] not in self.files:
                return refusal(400, "Bad Request: wrong file_id")
            found = {"file_id": fields["file_id"], "file_unique_id": "u"}
            return result(found | {"file_path": f"documents/{fields['file_id']}"})
        if name != "sendMessage":
            return result(True)
        return self._take(fields)

    def _take(self, fields: dict[str, Any]) -> Said:
        if self.refuse is not None:
            said, self.refuse = self.refuse, None
            return said
        if not 1 <= len(fields["text"]) <= 4096:
            return refusal(400, "Bad Request: message is too long")
        self.sent.append(fields)
        return result({"message_id": len(self.sent), "chat": {"id": fields["chat_id"]}})


def result(value: Any) -> Said:
    return Said(body=json.dumps({"ok": True, "result": value}).encode())


def refusal(code: int, words: str, **parameters: int) -> Said:
    told = {"ok": False, "error_code": code, "description": words}
    if parameters:
        told["parameters"] = parameters
    return Said(code, json.dumps(told).encode())


# Updates ------------------------------------------------------------------------------


def message(account: int, text: str = "", **more: Any) -> dict[str, Any]:
    """An update with a message of a person in a private chat."""
    number = next(_numbers)
    person = person_of(account, more.pop("language", "en"))
    told = {
        "message_id": number % 100_000,
        "from": person,
        "chat": {"id": account, "first_name": "Ada", "type": "private"},
        "date": int(time.time()),
        **({"text": text} if text else {}),
        **more,
    }
    return {"update_id": number, "message": told}


def press(account: int, data: str, language: str = "en") -> dict[str, Any]:
    """An update with a pressed button below a message of the bot."""
    number = next(_numbers)
    chat = {"id": account, "first_name": "Ada", "type": "private"}
    below = {"message_id": 1, "chat": chat, "date": int(time.time()), "text": "?"}
    told = {
        "id": str(number),
        "from": person_of(account, language),
        "message": below,
        "chat_instance": "1",
        "data": data,
    }
    return {"update_id": number, "callback_query": told}


def person_of(account: int, language: str) -> dict[str, Any]:
    return {
        "id": account,
        "is_bot": False,
        "first_name": "Ada",
        "last_name": "Lindgren",
        "language_code": language,
    }


def photo(file_id: str, size: int = 1000) -> dict[str, Any]:
    """The field of a message with a photo in two sizes."""
    small = {"file_id": f"{file_id}-small", "file_unique_id": f"{file_id}s"}
    large = {"file_id": file_id, "file_unique_id": f"{file_id}l"}
    return {
        "photo": [
            {**small, "file_size": 90, "width": 90, "height": 60},
            {**large, "file_size": size, "width": 900, "height": 600},
        ]
    }
