"""Files of a chat: hostile until looked at, pictures drawn anew, bytes in the row."""

import hashlib
import io
import warnings
from dataclasses import dataclass

import filetype
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from complaints.errors import InvalidInput
from complaints.services.evidence import clean_name
from complaints.services.evidence_types import ALLOWED, sniffed_type

FILE_LIMIT = 10 * 1024 * 1024
FILES_A_TALK = 20
PREVIEW_SIDE = 640
MOST_PIXELS = 40_000_000
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
SOUNDS = {
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/webm": ".webm",
}
"""What a browser records or a phone keeps. A container without pictures is sniffed as
one with them, so WebM counts as sound here; it is played by nothing but <audio>."""


@dataclass(frozen=True)
class Checked:
    """A file that may be kept; ``preview`` is a picture of ours, or nothing."""

    name: str
    content_type: str
    content: bytes
    sha256: str
    preview: bytes | None


def check(name: str, content: bytes) -> Checked:
    """Look at the bytes, not at what they are called. Raises ``InvalidInput``."""
    if not content:
        raise InvalidInput(_("This file is empty."), field="file", code="empty")
    if len(content) > FILE_LIMIT:
        words = _("This file is larger than 10 MB.")
        raise InvalidInput(words, field="file", code="too_large")
    kind = kind_of(content)
    if kind is None:
        words = _(
            "We cannot take this kind of file. Send a picture, a PDF, a text or a "
            "voice message."
        )
        raise InvalidInput(words, field="file", code="type")
    preview = _drawn(content) if kind in PICTURES else None
    digest = hashlib.sha256(content).hexdigest()
    return Checked(clean_name(name), kind, content, digest, preview)


def kind_of(content: bytes) -> str | None:
    """The media type that the bytes show, None for what we do not take."""
    guess = filetype.guess(content[:8192])
    if guess is not None and guess.mime in ("video/webm", "audio/webm"):
        return "audio/webm"
    if guess is not None and guess.mime in SOUNDS:
        return str(guess.mime)
    return sniffed_type(content)


def _drawn(content: bytes) -> bytes | None:
    """The picture painted anew: no metadata, no second file behind the first."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return None
                picture.draft("RGB", (PREVIEW_SIDE * 2, PREVIEW_SIDE * 2))
                small = ImageOps.exif_transpose(picture).convert("RGBA")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
    ):
        return None
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    sheet = Image.new("RGB", small.size, "white")
    sheet.paste(small, mask=small.getchannel("A"))
    out = io.BytesIO()
    sheet.save(out, "WEBP", quality=80)
    return out.getvalue()


def offered_name(name: str, content_type: str) -> str:
    """The name under which a file is handed out; its ending never runs anything."""
    endings = ALLOWED.get(content_type) or (SOUNDS.get(content_type, ".bin"),)
    return name if name.lower().endswith(endings) else name + endings[0]
