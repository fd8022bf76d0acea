"""Answers that hand out what somebody brought: never a page of ours, kept by nobody."""

from typing import Any

from django.http import FileResponse

from complaints import drawing
from complaints.models import Evidence
from complaints.services.evidence import offered_name

PLAIN_TYPES = frozenset(
    {"image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf"}
)
"""Types a browser shows without running anything; all others are only bytes."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store, private",
}


def as_attachment(
    file: Any, evidence: Evidence, *, prefix: str = "", typed: bool = False
) -> FileResponse:
    """The file as it was sealed, to keep; ``prefix`` goes before its name.

    ``typed`` says what it is where a browser shows such a file without running it.
    """
    plain = typed and evidence.content_type in PLAIN_TYPES
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{prefix}{offered_name(evidence)}",
        content_type=evidence.content_type if plain else "application/octet-stream",
        headers=HEADERS,
    )


def as_picture(file: Any) -> FileResponse:
    """A page that we drew; nothing of the file's own bytes is in it."""
    return FileResponse(file, content_type=drawing.PICTURE, headers=HEADERS)
