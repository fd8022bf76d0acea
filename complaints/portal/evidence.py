"""Evidence out: always as a file to keep, never as a page of ours."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from complaints.errors import NotVisible
from complaints.models import Complaint, Evidence
from complaints.permissions import Viewer
from complaints.portal.viewer import case_view
from complaints.services.evidence import offered_name, open_evidence

PLAIN_TYPES = frozenset(
    {"image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf"}
)
"""Types a browser shows without running anything; all others are only bytes."""


@require_safe
@case_view
def download(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int
) -> FileResponse:
    """One file of the case, with its opening on the ledger of reads."""
    rows = Evidence.objects.visible_to(viewer).filter(complaint=case, number=number)
    evidence = rows.select_related("complaint").first()
    if evidence is None:
        raise Http404
    try:
        file = open_evidence(evidence=evidence, actor=viewer)
    except (NotVisible, FileNotFoundError):
        raise Http404 from None
    return as_attachment(file, evidence)


def as_attachment(file: Any, evidence: Evidence) -> FileResponse:
    """The answer that hands out one file."""
    plain = evidence.content_type in PLAIN_TYPES
    response = FileResponse(
        file,
        as_attachment=True,
        filename=offered_name(evidence),
        content_type=evidence.content_type if plain else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
