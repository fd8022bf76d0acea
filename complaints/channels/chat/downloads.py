"""Files out: as files to keep, and pictures that we drew ourselves."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from complaints.channels.chat.files import offered_name
from complaints.channels.chat.models import ChatFile

PLAIN = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


def as_file(file: ChatFile) -> HttpResponse:
    """The bytes as they came, never as a page. Sound keeps its type, so that it can
    be played where it stands."""
    shown = file.is_sound or file.content_type in PLAIN
    kind = file.content_type if shown else "application/octet-stream"
    response = _guarded(HttpResponse(bytes(file.content), content_type=kind))
    name = offered_name(file.name, file.content_type)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return response


def as_picture(file: ChatFile) -> HttpResponse:
    """What we drew from the file; nothing of its own bytes is in it."""
    drawn = bytes(file.preview or b"")
    return _guarded(HttpResponse(drawn, content_type="image/webp"))


def _guarded(response: HttpResponse) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store, private"
    return response
