"""The bytes of a held message: as text on its page, and as a file nothing opens."""

import json

from django.http import HttpResponse

from complaints.channels.safetext import storable
from complaints.masking import mask
from complaints.models import RawMessage
from complaints.states import Channel

SHOWN = 20_000
"""Characters on the page; the file holds all."""


def text_of(raw: RawMessage) -> str:
    """The bytes as text: JSON in lines, without what looks like the key to a wallet."""
    content = bytes(raw.raw)
    text = mask(storable(_in_lines(content)))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}\n[…]"


def _in_lines(content: bytes) -> str:
    if len(content) < 5 * SHOWN and content[:1] in (b"{", b"["):
        try:
            return json.dumps(json.loads(content), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            pass
    return content[: 5 * SHOWN].decode("utf-8", "backslashreplace")


def as_file(raw: RawMessage, content: bytes) -> HttpResponse:
    """An answer that no browser shows, whatever the bytes say that they are."""
    ending = "eml" if raw.provider == Channel.EMAIL else "txt"
    return _download(content, f"message-{raw.pk}.{ending}")


def recording(raw: RawMessage, content: bytes) -> HttpResponse:
    """The same for what a caller left: a file to be played, never by this page."""
    return _download(content, f"call-{raw.pk}.mp3")


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response
