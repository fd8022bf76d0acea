"""The letters of one complaint: on a page, as PDF, and on paper where somebody asks."""

import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from complaints import letter_facts, letter_system, letters
from complaints.errors import InvalidInput
from complaints.models import Complaint, Letter, LetterPart, LetterPdf
from complaints.permissions import Viewer
from complaints.portal.viewer import case_view
from complaints.services import letter_pdfs, paper
from complaints.templatetags.look import written

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
GLANCE = 0.1
"""Seconds between two looks whether a worker has drawn the PDF."""


@require_safe
@case_view
def show(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int
) -> HttpResponse:
    """One letter as it was sent, on a page to print."""
    letter = _letter(case, viewer, number)
    keys = (case.reference, letter.pk)
    tools = {
        "back_url": reverse("portal:case", args=[case.reference]),
        "paper_url": reverse("portal:letter-paper", args=keys),
        "paper_words": _paper_words(letter),
    }
    if _can_be_pdf(letter, LetterPart.LETTER):
        tools["pdf_url"] = reverse("portal:letter-pdf", args=keys)
    return HttpResponse(letters.html(letter, **tools))


@GET_OR_POST
@case_view
def pdf(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int
) -> HttpResponseBase:
    """The same letter as a file to keep."""
    letter = _letter(case, viewer, number)
    return _pdf(request, letter, LetterPart.LETTER, viewer)


@GET_OR_POST
@case_view
def copy(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponseBase:
    """The complaint as it was filed, as a file to keep; the receipt's enclosure."""
    return _pdf(request, _letter(case, viewer, None), LetterPart.COPY, viewer)


def _letter(case: Complaint, viewer: Viewer, number: int | None) -> Letter:
    found = letter_pdfs.letter_for(case, number, viewer)
    if found is None:
        raise Http404
    return found


# As PDF -------------------------------------------------------------------------------


def _can_be_pdf(letter: Letter, part: str) -> bool:
    """Where the libraries are missing, only what another machine drew already."""
    made = letter.pdfs.filter(part=part).exclude(made_at=None)
    return letter_system.available() or made.exists()


def _pdf(
    request: HttpRequest, letter: Letter, part: str, viewer: Viewer
) -> HttpResponseBase:
    if not _can_be_pdf(letter, part):
        return redirect("portal:letter", letter.complaint.reference, letter.pk)
    if request.method == "POST":
        letter_pdfs.ask_pdf(letter=letter, part=part, actor=viewer)
        return redirect(request.path)
    row = _drawn_soon(letter, part)
    if row is None or row.made_at is None:
        owed = letter_pdfs.is_owed(letter, row)
        return _not_yet(request, letter, owed=owed)
    try:
        file = letter_pdfs.open_pdf(row=row, actor=viewer)
    except FileNotFoundError:
        raise Http404 from None
    return as_attachment(file, row)


def _drawn_soon(letter: Letter, part: str) -> LetterPdf | None:
    """The PDF that a worker has drawn, or draws at once; else what is known of it.

    Most take half a second, so that nobody needs to come back for theirs.
    """
    until = time.monotonic() + settings.LETTER_PDF_SECONDS
    row = letter_pdfs.known_pdf(letter, part)
    while not _is_settled(letter, row) and time.monotonic() < until:
        time.sleep(GLANCE)
        row = letter_pdfs.known_pdf(letter, part)
    return row


def _is_settled(letter: Letter, row: LetterPdf | None) -> bool:
    """Whether there is nothing to wait for."""
    drawn = row is not None and row.made_at is not None
    return drawn or not letter_pdfs.is_owed(letter, row)


def _not_yet(request: HttpRequest, letter: Letter, *, owed: bool) -> HttpResponse:
    """Says that it takes longer, or asks whether it is to be made at all."""
    keys = (letter.complaint.reference, letter.pk)
    context = {
        "case": letter.complaint,
        "again_url": request.path,
        "owed": owed,
        "page_url": reverse("portal:letter", args=keys),
    }
    return render(request, "portal/letter_wait.html", context)


def as_attachment(file: Any, row: LetterPdf) -> FileResponse:
    """The answer that hands out one PDF."""
    letter = row.letter
    name = row.part if row.part == LetterPart.COPY else letter.kind
    response = FileResponse(
        file,
        as_attachment=True,
        filename=f"{letter.complaint.reference}-{name}-{letter.pk}.pdf",
        content_type="application/pdf",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


# On paper -----------------------------------------------------------------------------


class PaperForm(forms.Form):
    """Where the letter goes; what is on file stands there already."""

    address = forms.CharField(
        label=gettext_lazy("Name and address"),
        help_text=gettext_lazy("As it stands on the envelope, a line for each part."),
        max_length=paper.ADDRESS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "street-address"}),
        error_messages={"required": gettext_lazy("Say to which address it goes.")},
    )


@GET_OR_POST
@case_view
def on_paper(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int
) -> HttpResponse:
    """The customer asks for the letter by post; it costs nothing."""
    letter = _letter(case, viewer, number)
    if request.method != "POST":
        form = PaperForm(
            initial={"address": "\n".join(letter_facts.postal_address(case))}
        )
        return _paper_page(request, case, letter, form)
    form = PaperForm(request.POST)
    if form.is_valid() and _asked(letter, viewer, form):
        messages.success(request, _("We send you this letter by post."))
        return redirect("portal:case", case.reference)
    return _paper_page(request, case, letter, form, status=422)


def _asked(letter: Letter, viewer: Viewer, form: PaperForm) -> bool:
    address = form.cleaned_data["address"]
    try:
        paper.ask_for_paper(letter=letter, actor=viewer, address=address)
    except InvalidInput as error:
        form.add_error("address", str(error))
        return False
    return True


def _paper_page(
    request: HttpRequest,
    case: Complaint,
    letter: Letter,
    form: PaperForm,
    status: int = 200,
) -> HttpResponse:
    context = {"case": case, "letter": letter, "form": form}
    return render(request, "portal/letter_paper.html", context, status=status)


def _paper_words(letter: Letter) -> str:
    """What became of a copy on paper, in the language of the letter."""
    last = letter.dispatches.order_by("pk").last()
    if last is None:
        return ""
    with letters.speaking(letter.language, letter_facts.zone_of(letter.complaint)):
        if last.posted_on is None:
            return _("This letter goes to you by post.")
        day = {"day": written(last.posted_on, "date")}
        return _("Posted to you on %(day)s.") % day
