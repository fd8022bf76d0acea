"""All answers once more, sent, and what the customer holds then."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from complaints.errors import InvalidInput
from complaints.models import Complaint, Draft
from complaints.permissions import Viewer
from complaints.portal import filing, filing_page
from complaints.portal.file.holding import draft_view, form_methods, to_receipt
from complaints.portal.file.limits import filings_wait, signed_in, wait_words
from complaints.portal.questions import judged, teller_of
from complaints.portal.steps import future_steps
from complaints.portal.viewer import case_view
from complaints.services import receipt
from complaints.throttle import with_wait


@form_methods
@draft_view
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """All answers once more, each to be changed; sending them makes the complaint."""
    answers = judged(draft, teller_of(draft, signed_in(request)))
    said, broken = filing.said_in(answers)
    if request.method != "POST":
        context = filing_page.check(draft, signed_in(request), answers, broken)
        return render(request, "portal/check.html", context)
    if broken:
        page = reverse("portal:question", args=[draft.key, broken])
        return redirect(f"{page}?fix=1&back=check")
    return _sent(request, draft, said)


def _sent(request: HttpRequest, draft: Draft, said: filing.Said) -> HttpResponse:
    wait = filings_wait(request)
    words, status = wait_words(wait), 429
    if not wait:
        try:
            return to_receipt(filing.send(request, draft, said))
        except InvalidInput as error:
            words, status = str(error.words), 422
    answers = judged(draft, teller_of(draft, signed_in(request)))
    context = filing_page.check(draft, signed_in(request), answers, problem=words)
    response = render(request, "portal/check.html", context, status=status)
    return with_wait(response, wait)


@require_safe
@case_view
def received(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """The receipt: the number, what comes next and by when, how to go on."""
    if request.method == "GET":
        receipt.shown(complaint=case, actor=viewer)
    context = {
        "case": case,
        "steps": future_steps(case),
        "email": filing_page.written_to(case),
        "pdf_url": reverse("portal:copy", args=[case.reference]),
    }
    return render(request, "portal/received.html", context)
