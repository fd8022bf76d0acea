"""One file of a case at the staff's door: sealed, as pictures, covered in part."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin.moves import CASE, explain
from complaints.admin.rail import framed
from complaints.drawing import Box
from complaints.errors import NotVisible, RecourseError
from complaints.models import Complaint, Evidence, EvidencePage
from complaints.permissions import Viewer
from complaints.services import previews, records
from complaints.services.evidence import open_evidence
from complaints.services.redaction import redact
from complaints.serving import as_attachment, as_picture

FILE = "admin:complaints_complaint_evidence"
NUMBERS = 5


class BoxesField(forms.CharField):
    """A box a line: page, left, top, right, bottom, in per cent of the page."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "data-boxes": ""})

    def clean(self, value: Any) -> list[Box]:
        lines = super().clean(value).splitlines()
        return [self._box(line) for line in lines if line.strip()]

    def _box(self, line: str) -> Box:
        try:
            page, *edges = (float(part) for part in line.replace(",", " ").split())
            left, top, right, bottom = (edge / 100 for edge in edges)
            box = Box(int(page), left, top, right, bottom)
        except (ValueError, OverflowError):
            words = _("“%(line)s” is not five numbers.") % {"line": line[:40]}
            raise forms.ValidationError(words, code="boxes") from None
        return box


class RedactForm(forms.Form):
    boxes = BoxesField(
        label=gettext_lazy("Covered parts"),
        help_text=gettext_lazy(
            "Draw them on the pages with the mouse, or write one a line: page, left, "
            "top, right, bottom, in per cent of the page."
        ),
        max_length=10_000,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it is covered"),
        help_text=gettext_lazy("Such as: another customer's account number."),
        max_length=300,
    )
    shared = forms.BooleanField(
        label=gettext_lazy("The customer may see the copy"), required=False
    )


class EvidencePages:
    """Views of ``ComplaintAdmin`` on one file of a visible case."""

    admin_site: Any

    def _file(
        self, request: HttpRequest, pk: int, number: int
    ) -> tuple[Complaint, Evidence, Viewer]:
        case, viewer = self._case(request, pk)  # type: ignore[attr-defined]
        rows = Evidence.objects.visible_to(viewer).filter(complaint=case, number=number)
        file = rows.select_related("added_by").first()
        if file is None:
            raise Http404
        file.complaint = case
        return case, file, viewer

    def evidence_view(
        self, request: HttpRequest, pk: int, number: int
    ) -> HttpResponseBase:
        """The file, always as an attachment; the reading is on the ledger."""
        _case, file, viewer = self._file(request, pk, number)
        try:
            opened = open_evidence(evidence=file, actor=viewer)
        except (NotVisible, FileNotFoundError) as error:
            raise Http404 from error
        return as_attachment(opened, file, prefix=f"{file.label} ")

    def evidence_page_view(
        self, request: HttpRequest, pk: int, number: int, page: int
    ) -> HttpResponseBase:
        """One picture of it."""
        _case, file, viewer = self._file(request, pk, number)
        try:
            opened = previews.open_page(evidence=file, number=page, actor=viewer)
        except (NotVisible, FileNotFoundError) as error:
            raise Http404 from error
        return as_picture(opened)

    def look_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """What is known of the file, its pictures, and what was made of it."""
        case, file, viewer = self._file(request, pk, number)
        pages = list(file.pictures.all()) if file.may_open else []
        seen = Evidence.objects.visible_to(viewer)
        copies = seen.filter(derived_from=file)
        context = {
            **self._context(request, case, file, pages),
            "original": seen.filter(pk=file.derived_from_id).first(),
            "table": records.table_of(file, viewer, now=timezone.now()),
            "copies": list(copies.select_related("added_by")),
            "trouble": "" if pages else previews.trouble_of(file),
            "back_url": reverse(CASE, args=(case.pk,)) + "#evidence",
        }
        return TemplateResponse(request, "admin/complaints/look.html", context)

    def redact_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Cover parts of it in a copy; ``look`` shows the boxes before."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        case, file, viewer = self._file(request, pk, number)
        pages = list(file.pictures.all()) if file.may_open else []
        if not pages:
            raise Http404
        sent = request.method == "POST"
        form = RedactForm(request.POST if sent else None)
        if sent and form.is_valid() and "look" not in request.POST:
            copy = self._redacted(form, file, viewer)
            if copy is not None:
                words = _("%(label)s is sealed. The original is untouched.")
                messages.success(request, words % {"label": copy.label})
                return HttpResponseRedirect(
                    reverse(f"{FILE}_look", args=(case.pk, copy.number))
                )
        return self._redact_page(request, case, file, pages, form)

    def _redacted(
        self, form: RedactForm, file: Evidence, viewer: Viewer
    ) -> Evidence | None:
        try:
            return redact(evidence=file, actor=viewer, **form.cleaned_data)
        except NotVisible as error:
            raise Http404 from error
        except RecourseError as error:
            explain(form, error)
            return None

    def _redact_page(
        self,
        request: HttpRequest,
        case: Complaint,
        file: Evidence,
        pages: list[EvidencePage],
        form: RedactForm,
    ) -> HttpResponse:
        drawn = form.cleaned_data.get("boxes", []) if form.is_bound else []
        context = {
            **self._context(request, case, file, pages, drawn),
            "form": form,
            "back_url": reverse(f"{FILE}_look", args=(case.pk, file.number)),
        }
        looked = not form.errors and "look" in request.POST
        status = 422 if form.is_bound and not looked else 200
        template = "admin/complaints/redact.html"
        return TemplateResponse(request, template, context, status=status)

    def _context(
        self,
        request: HttpRequest,
        case: Complaint,
        file: Evidence,
        pages: list[EvidencePage],
        boxes: list[Box] | None = None,
    ) -> dict[str, Any]:
        return {
            **framed(self.admin_site, request),
            "title": f"{file.label} {file.original_name}",
            "subtitle": case.reference,
            "case": case,
            "file": file,
            "pages": [_shown(case, file, page, boxes or []) for page in pages],
            "more": file.pages - len(pages),
        }


def _shown(
    case: Complaint, file: Evidence, page: EvidencePage, boxes: list[Box]
) -> dict[str, Any]:
    """A page with the boxes on it, in its own pixels."""
    wide, high = page.width, page.height
    return {
        "page": page,
        "url": reverse(f"{FILE}_page", args=(case.pk, file.number, page.number)),
        "boxes": [
            {
                "x": round(box.left * wide),
                "y": round(box.top * high),
                "width": round((box.right - box.left) * wide),
                "height": round((box.bottom - box.top) * high),
            }
            for box in boxes
            if box.page == page.number
        ],
    }
