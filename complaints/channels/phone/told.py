"""What Twilio tells of a call, a recording or a text message, as a value.

Fields as in twilio.com/docs/voice/twiml#request-parameters, …/voice/api/recording and
…/messaging/guides/webhook-request. Numbers that are shown are claims.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from django.utils.translation import gettext, override

from complaints.channels.inbound import NOTHING, Inbound, Sender
from complaints.channels.language import language_of
from complaints.channels.safetext import one_line, storable

PROVIDER = "phone"
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "audio/mpeg": ".mp3",
    "application/pdf": ".pdf",
}
MOST_FIELDS = 200
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
MOST_PICTURES = 10
_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
_PICTURE = re.compile(r".{1,200}/Media/(ME[0-9a-f]{32})(?:\.json)?")


class NotTold(ValueError):
    """Not a form, or about nothing that has a number of Twilio's."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What came with a text: Twilio's number of it, and the ending of a file's name."""

    sid: str
    ending: str


@dataclass(frozen=True, slots=True)
class Told:
    """One request of Twilio's; ``fields`` has the first value of each name.

    call, recording, message: their SIDs, empty where it is about none.
    """

    fields: Mapping[str, str] = field(repr=False)
    call: str = ""
    recording: str = ""
    message: str = ""

    @property
    def number(self) -> str:
        """Who calls or writes, as in E.164; empty where the number is withheld."""
        given = self.fields.get("From", "").strip()
        return given if NUMBER.fullmatch(given) else ""

    @property
    def pictures(self) -> list[Picture]:
        """Those that came with a text and can be fetched, in order."""
        if not self.message:
            return []
        found = (self._picture(at) for at in range(MOST_PICTURES))
        return [picture for picture in found if picture is not None]

    def _picture(self, at: int) -> Picture | None:
        hit = _PICTURE.fullmatch(self.fields.get(f"MediaUrl{at}", ""))
        kind = self.fields.get(f"MediaContentType{at}", "")
        return Picture(hit[1], ENDINGS.get(kind, "")) if hit else None

    @property
    def rings(self) -> bool:
        """Somebody calls us, and this is not the leg that we dialled ourselves."""
        direction = self.fields.get("Direction", "inbound")
        return direction == "inbound" and not self.fields.get("ParentCallSid")

    @property
    def is_recorded(self) -> bool:
        status = self.fields.get("RecordingStatus", "completed")
        return bool(self.recording) and status == "completed"


def pairs(body: bytes) -> list[tuple[str, str]]:
    """The fields in the order they came, as they are signed. Raises ``NotTold``."""
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise NotTold from None


def read(body: bytes) -> Told:
    """Raises ``NotTold``."""
    fields: dict[str, str] = {}
    for name, value in pairs(body):
        fields.setdefault(name, storable(value))
    told = Told(
        fields,
        call=_sid(fields.get("CallSid", "")),
        recording=_sid(fields.get("RecordingSid", "")),
        message=_sid(fields.get("MessageSid", "") or fields.get("SmsSid", "")),
    )
    if not (told.call or told.message):
        raise NotTold
    return told


def _sid(text: str) -> str:
    return text if _SID.fullmatch(text) else ""


def inbound_of(told: Told, raw: bytes, account: str) -> Inbound:
    """The request as the pipeline knows messages."""
    text = _body(told) if told.message else ""
    language = language_of(text) or "en"
    with override(language):
        words = text if told.message else _call_words(told)
    return Inbound(
        provider=PROVIDER,
        account=account,
        external_id=told.message or told.call,
        sender=Sender(handle=told.number),
        sent_at=None,
        received_at=None,
        subject="" if told.message else words.partition("\n")[0],
        text=words,
        full_text=words,
        html="",
        language=language,
        attachments=(),
        recipients=(one_line(told.fields.get("To", ""), 40),),
        message_id="",
        references=(),
        authentication=NOTHING,
        automatic="",
        raw=raw,
    )


def _body(told: Told) -> str:
    """The text message; where pictures cannot be fetched, it says that there were."""
    text = told.fields.get("Body", "")
    if told.fields.get("NumMedia", "0") in ("", "0", str(len(told.pictures))):
        return text
    with override(language_of(text) or "en"):
        note = gettext(
            "[Pictures came with this text message. Ask for them by e-mail.]"
        )
    return f"{text}\n\n{note}".strip()


def _call_words(told: Told) -> str:
    number = told.number or gettext("a withheld number")
    words = gettext("A call from %(number)s") % {"number": number}
    seconds = told.fields.get("CallDuration", "")
    if seconds.isdecimal() and len(seconds) < 7:
        words += "\n" + gettext("It took %(seconds)s seconds.") % {"seconds": seconds}
    return words
