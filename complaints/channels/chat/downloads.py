"""Files out: as files to keep, and pictures that we drew ourselves."""

import logging

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from complaints import clamd
from complaints.channels.chat.files import offered_name
from complaints.channels.chat.models import ChatFile

logger = logging.getLogger(__name__)

SCAN_SECONDS = 10.0
KNOWN_SECONDS = 3600
PLAIN = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


def as_file(file: ChatFile) -> HttpResponse:
    """The bytes as they came, never as a page. Sound keeps its type, so that it can
    be played where it stands. Raises ``Http404`` for what the scanner holds back."""
    if not _is_clean(file):
        raise Http404
    shown = file.is_sound or file.content_type in PLAIN
    kind = file.content_type if shown else "application/octet-stream"
    response = _guarded(HttpResponse(bytes(file.content), content_type=kind))
    name = offered_name(file.name, file.content_type)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return response


def _is_clean(file: ChatFile) -> bool:
    """Asked of the scanner, where there is one; its verdict is kept for an hour.

    What was said in a chat is evidence, and in a worker's hands, only once it is a
    complaint; until then somebody may want the original at once.
    """
    if not settings.CLAMD_URL:
        return True
    key = f"chat-scan:{file.sha256}"
    known: bool | None = cache.get(key)
    if known is not None:
        return known
    try:
        content = bytes(file.content)
        clean = clamd.scan(settings.CLAMD_URL, content, seconds=SCAN_SECONDS).clean
    except clamd.ScannerDown as error:
        logger.warning("File %s of a chat was not checked: %s", file.pk, error)
        return False
    cache.set(key, clean, KNOWN_SECONDS)
    return clean


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
