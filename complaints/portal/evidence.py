"""Evidence out: as a file to keep, or as pictures that we drew of it."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from complaints.errors import NotVisible
from complaints.models import Complaint, Evidence, EvidencePage
from complaints.permissions import Viewer
from complaints.portal.viewer import case_view
from complaints.services import previews
from complaints.services.evidence import open_evidence
from complaints.serving import as_attachment, as_picture


@require_safe
@case_view
def download(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int
) -> FileResponse:
    """One file of the case, with its opening on the ledger of reads."""
    evidence = _file(case, viewer, number)
    try:
        file = open_evidence(evidence=evidence, actor=viewer)
    except (NotVisible, FileNotFoundError):
        raise Http404 from None
    return as_attachment(file, evidence, typed=True)


@require_safe
@case_view
def look(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int
) -> HttpResponse:
    """What we know of a file, and the pictures of it, or why there are none."""
    evidence = _file(case, viewer, number)
    pages = list(evidence.pictures.all()) if evidence.may_open else []
    keys = (case.reference, number)
    context = {
        "case": case,
        "file": evidence,
        "pages": [{"page": row, "url": _page_url(row, keys)} for row in pages],
        "more": evidence.pages - len(pages),
        "trouble": "" if pages else previews.trouble_of(evidence),
        "download_url": reverse("portal:evidence", args=keys),
    }
    return render(request, "portal/evidence.html", context)


def _page_url(row: EvidencePage, keys: tuple[str, int]) -> str:
    return reverse("portal:evidence-page", args=(*keys, row.number))


@require_safe
@case_view
def page(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int, page: int
) -> FileResponse:
    """One picture."""
    evidence = _file(case, viewer, number)
    try:
        return as_picture(
            previews.open_page(evidence=evidence, number=page, actor=viewer)
        )
    except (NotVisible, FileNotFoundError):
        raise Http404 from None


def _file(case: Complaint, viewer: Viewer, number: int) -> Evidence:
    rows = Evidence.objects.visible_to(viewer).filter(complaint=case, number=number)
    evidence: Evidence | None = rows.select_related("complaint").first()
    if evidence is None:
        raise Http404
    return evidence
