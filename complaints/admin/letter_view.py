"""Letters at the staff's door: as sent, as PDF, to print, and posted on paper."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
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

from complaints import letters
from complaints.admin.move_form import DayInput
from complaints.admin.moves import CASE, QUEUE, explain
from complaints.admin.rail import framed
from complaints.admin.scoped import viewer_for
from complaints.errors import NotPermitted, NotVisible, RecourseError
from complaints.letter_markup import blocks_of
from complaints.models import Complaint, Letter, LetterDispatch
from complaints.permissions import Viewer, may_speak_for_customer
from complaints.services import letter_pdfs, paper
from complaints.services.reading import LETTER_PRINTED, record_reading

LETTER = "admin:complaints_complaint_letter"
PAPER = "admin:complaints_complaint_paper"
MOST_LISTED = 200


class PostedForm(forms.Form):
    """What is known of a copy on paper once the post has it."""

    posted_on = forms.DateField(
        label=gettext_lazy("Printed and posted on"),
        initial=timezone.localdate,
        widget=DayInput,
        help_text=gettext_lazy(
            "Where no address is known: the day on which you handed it over."
        ),
    )
    tracking = forms.CharField(
        label=gettext_lazy("Tracking number"),
        max_length=paper.TRACKING_LIMIT,
        required=False,
    )


class LetterPages:
    """Views of ``ComplaintAdmin`` on one letter of a visible case."""

    admin_site: Any

    def _letter(
        self, request: HttpRequest, pk: int, letter_pk: int
    ) -> tuple[Complaint, Letter, Viewer]:
        case, viewer = self._case(request, pk)  # type: ignore[attr-defined]
        letter = case.letters.filter(pk=letter_pk).first()
        if letter is None:
            raise Http404
        letter.complaint = case
        return case, letter, viewer

    def _letter_to_post(
        self, request: HttpRequest, pk: int, letter_pk: int
    ) -> tuple[Complaint, Letter, Viewer]:
        """The same, or a letter that waits for the post of a case seen in no more
        than its public status."""
        viewer = viewer_for(request)
        waiting = LetterDispatch.objects.to_post_by(viewer).filter(
            letter=letter_pk, letter__complaint=pk
        )
        row = waiting.select_related("letter__complaint__customer").first()
        if row is None or not paper.may_post(row.letter, viewer):
            return self._letter(request, pk, letter_pk)
        return row.letter.complaint, row.letter, viewer

    def letter_view(
        self, request: HttpRequest, pk: int, letter_pk: int
    ) -> HttpResponse:
        """A letter as it was sent."""
        case, letter, viewer = self._letter(request, pk, letter_pk)
        keys = (case.pk, letter.pk)
        context = {
            **framed(self.admin_site, request),
            "title": letter.subject,
            "subtitle": case.reference,
            "case": case,
            "letter": letter,
            "blocks": blocks_of(letter.body),
            "copies": list(letter.dispatches.select_related("posted_by", "asked_by")),
            "pdf": letter_pdfs.known_pdf(letter),
            "pdf_url": reverse(f"{LETTER}_pdf", args=keys),
            "print_url": reverse(f"{LETTER}_print", args=keys),
            "posted_url": reverse(f"{LETTER}_posted", args=keys)
            if may_speak_for_customer(case, viewer)
            else "",
            "back_url": reverse(CASE, args=(case.pk,)) + "#letters",
        }
        return TemplateResponse(request, "admin/complaints/letter.html", context)

    def letter_print_view(
        self, request: HttpRequest, pk: int, letter_pk: int
    ) -> HttpResponse:
        """The letter as a page to print, where there is no PDF."""
        case, letter, viewer = self._letter_to_post(request, pk, letter_pk)
        record_reading(complaint=case, actor=viewer, what=LETTER_PRINTED)
        return HttpResponse(letters.html(letter))

    def letter_pdf_view(
        self, request: HttpRequest, pk: int, letter_pk: int
    ) -> HttpResponseBase:
        """The PDF as an attachment; the page to print until a worker has drawn it."""
        case, letter, viewer = self._letter_to_post(request, pk, letter_pk)
        if request.method == "POST":
            letter_pdfs.ask_pdf(letter=letter, actor=viewer)
            messages.success(request, _("The PDF is being made; it takes seconds."))
            return HttpResponseRedirect(reverse(LETTER, args=(case.pk, letter.pk)))
        row = letter_pdfs.known_pdf(letter)
        if row is None or row.made_at is None:
            to_print = reverse(f"{LETTER}_print", args=(case.pk, letter.pk))
            return HttpResponseRedirect(to_print)
        try:
            opened = letter_pdfs.open_pdf(row=row, actor=viewer)
        except (NotVisible, FileNotFoundError) as error:
            raise Http404 from error
        name = f"{case.reference}-{letter.kind}-{letter.pk}.pdf"
        response = FileResponse(opened, as_attachment=True, filename=name)
        response["Content-Type"] = "application/pdf"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response

    def posted_view(
        self, request: HttpRequest, pk: int, letter_pk: int
    ) -> HttpResponse:
        """Record that the letter was printed and posted."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        case, letter, viewer = self._letter_to_post(request, pk, letter_pk)
        if not may_speak_for_customer(case, viewer):
            raise PermissionDenied
        seen = Complaint.objects.visible_to(viewer).filter(pk=case.pk).exists()
        back = reverse(LETTER, args=(case.pk, letter.pk)) if seen else reverse(PAPER)
        if request.method != "POST":
            return self._posted_page(request, letter, PostedForm(), back)
        form = PostedForm(request.POST)
        if form.is_valid() and _posted(letter, viewer, form):
            messages.success(request, _("It is on record that the letter was posted."))
            return HttpResponseRedirect(back)
        return self._posted_page(request, letter, form, back, status=422)

    def _posted_page(
        self,
        request: HttpRequest,
        letter: Letter,
        form: PostedForm,
        back: str,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **framed(self.admin_site, request),
            "title": _("Record that the letter was posted"),
            "subtitle": letter.complaint.reference,
            "form": form,
            "button": _("Put it on record"),
            "back_url": back,
        }
        template = "admin/complaints/form.html"
        return TemplateResponse(request, template, context, status=status)

    def paper_view(self, request: HttpRequest) -> HttpResponse:
        """The letters to print and post: of cases that the viewer sees, and at support
        of all that are not barred."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        found = LetterDispatch.objects.to_post_by(viewer)
        rows = list(found.select_related("letter__complaint")[:MOST_LISTED])
        cases = {row.letter.complaint_id for row in rows}
        seen = Complaint.objects.visible_to(viewer).filter(pk__in=cases)
        context = {
            **framed(self.admin_site, request),
            "title": _("Letters to post"),
            "rows": rows,
            "seen": set(seen.values_list("pk", flat=True)),
            "back_url": reverse(QUEUE),
        }
        return TemplateResponse(request, "admin/complaints/paper.html", context)


def _posted(letter: Letter, viewer: Viewer, form: PostedForm) -> bool:
    try:
        paper.record_posted(letter=letter, actor=viewer, **form.cleaned_data)
    except NotPermitted as error:
        raise PermissionDenied from error
    except NotVisible as error:
        raise Http404 from error
    except RecourseError as error:
        explain(form, error)
        return False
    return True
