"""Twilio as published: requests that it signs, its Messages API, its recordings."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from appeals.demo.standins.server import Call, Said, StandIn
from complaints.channels.phone.signature import signature
from config.stand_ins import PROVIDERS

SETTINGS = PROVIDERS["twilio"]
ACCOUNT = SETTINGS["TWILIO_ACCOUNT_SID"]
TOKEN = SETTINGS["TWILIO_AUTH_TOKEN"]
NUMBER = SETTINGS["TWILIO_FROM"]

CALLER = "+441632960815"


@dataclass
class Twilio:
    """One account. ``sent`` holds the texts, ``recordings`` the sounds by SID,
    ``pictures`` what came with texts by "message/picture".

    ``refuse`` is the next answer to a text instead of taking it.
    """

    sent: list[dict[str, str]] = field(default_factory=list)
    recordings: dict[str, bytes] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    refuse: Said | None = None

    def server(self) -> StandIn:
        self.stand_in = StandIn(self.answer)
        return self.stand_in

    def answer(self, call: Call) -> Said:
        if call.path.startswith("/kept/"):
            return self._kept(call)
        pair = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if call.headers.get("authorization") != f"Basic {pair}":
            return refusal(401, 20003, "Authenticate")
        base = f"/2010-04-01/Accounts/{ACCOUNT}/"
        if call.method == "POST" and call.path == f"{base}Messages.json":
            return self._take(dict(parse_qsl(call.body.decode())))
        recording = call.path.removeprefix(f"{base}Recordings/").removesuffix(".mp3")
        if call.method == "GET" and recording in self.recordings:
            return Said(body=self.recordings[recording], content_type="audio/mpeg")
        media = call.path.removeprefix(f"{base}Messages/").replace("/Media/", "/")
        if call.method == "GET" and media in self.pictures:
            url = f"{self.stand_in.url}/kept/{media}"
            return Said(307, headers={"Location": url})
        return refusal(404, 20404, "The requested resource was not found")

    def _kept(self, call: Call) -> Said:
        """Where Twilio keeps pictures; nobody there is to be shown the token."""
        picture = self.pictures.get(call.path.removeprefix("/kept/"))
        if picture is None or "authorization" in call.headers:
            return Said(403, b"<Error/>", "application/xml")
        return Said(body=picture, content_type="image/jpeg")

    def _take(self, fields: dict[str, str]) -> Said:
        if self.refuse is not None:
            said, self.refuse = self.refuse, None
            return said
        self.sent.append(fields)
        told = {"sid": sid("SM"), "status": "queued", "body": fields["Body"]}
        return Said(201, json.dumps(told).encode())


def refusal(status: int, code: int, words: str) -> Said:
    told = {"code": code, "message": words, "status": status}
    return Said(status, json.dumps(told).encode())


def sid(kind: str) -> str:
    """A fresh SID: two letters and 32 hexadecimal digits."""
    return kind + secrets.token_hex(16)


# Requests -----------------------------------------------------------------------------


def call(number: str = CALLER, **more: str) -> dict[str, str]:
    """The fields of a call that rings."""
    return {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "CallSid": sid("CA"),
        "CallStatus": "ringing",
        "Called": NUMBER,
        "Caller": number,
        "Direction": "inbound",
        "From": number,
        "FromCountry": "GB",
        "To": NUMBER,
        **more,
    }


def completed(ringing: dict[str, str], seconds: int = 93) -> dict[str, str]:
    """News that this call has ended."""
    return ringing | {
        "CallStatus": "completed",
        "CallDuration": str(seconds),
        "Duration": "2",
        "CallbackSource": "call-progress-events",
        "SequenceNumber": "0",
        "Timestamp": "Sun, 22 Nov 2026 22:00:00 +0000",
    }


def recording(ringing: dict[str, str], **more: str) -> dict[str, str]:
    """News that a recording of this call is ready."""
    key = more.pop("RecordingSid", sid("RE"))
    return {
        "AccountSid": ACCOUNT,
        "CallSid": ringing["CallSid"],
        "ErrorCode": "0",
        "RecordingChannels": "1",
        "RecordingDuration": "90",
        "RecordingSid": key,
        "RecordingSource": "DialVerb",
        "RecordingStatus": "completed",
        "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{key}",
        **more,
    }


def text(body: str, number: str = CALLER, **more: str) -> dict[str, str]:
    """The fields of a text message to us."""
    key = sid("SM")
    return {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Body": body,
        "From": number,
        "MessageSid": key,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": key,
        "SmsSid": key,
        "SmsStatus": "received",
        "To": NUMBER,
        **more,
    }


def pictures(told: dict[str, str], *kinds: str) -> tuple[dict[str, str], list[str]]:
    """A text with pictures of these media types, and "message/picture" of each."""
    fields, keys = dict(told), []
    for at, kind in enumerate(kinds):
        picture = sid("ME")
        keys.append(f"{told['MessageSid']}/{picture}")
        path = f"Accounts/{ACCOUNT}/Messages/{told['MessageSid']}/Media/{picture}"
        fields[f"MediaUrl{at}"] = f"https://api.twilio.com/2010-04-01/{path}"
        fields[f"MediaContentType{at}"] = kind
    return fields | {"NumMedia": str(len(kinds))}, keys


def signed(fields: dict[str, str], url: str, token: str = TOKEN) -> dict[str, Any]:
    """Body and headers of the POST, for Django's test client."""
    return {
        "data": urlencode(fields),
        "content_type": "application/x-www-form-urlencoded",
        "headers": {"X-Twilio-Signature": signature(url, fields.items(), token)},
    }
