"""The customer's pages of an appeal: lodge, follow, read the ruling, take it back,
take it to an outside body."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from appeals import consent, panel, selectors, subject
from appeals.models import Appeal
from appeals.notices import what_follows
from appeals.portal.forms import AppealForm, ReferForm
from appeals.portal.outside import outside_context
from appeals.services import frozen_items, lodge
from complaints.errors import RecourseError
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.portal.decision import routes
from complaints.portal.viewer import case_view
from complaints.profiles import by_key, limit_words
from complaints.services.evidence import add_evidence
from complaints.states import AppealState, State
from complaints.transitions import Words
from complaints.workflow import offer_of, perform

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
@case_view
def lodge_view(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """The form; where the case is under appeal already, the page of that appeal."""
    known = selectors.appeals_of(case, viewer)
    if known and case.state == State.APPEALED:
        return _to(case, known[0])
    refusals = selectors.why_not_lodge(case, viewer)
    if refusals:
        return _refused_page(request, case, known, refusals[0].words)
    refused = subject.decision_in_force(case) is None
    late = not subject.within_window(case, viewer.at)
    asked: dict[str, Any] = {"case": case, "refused": refused, "late": late}
    if request.method != "POST":
        return _form_page(request, case, AppealForm(**asked), asked)
    form = AppealForm(request.POST, request.FILES, **asked)
    if not form.is_valid():
        return _form_page(request, case, form, asked, status=422)
    return _lodge(request, case, viewer, form, asked)


def _lodge(
    request: HttpRequest,
    case: Complaint,
    viewer: Viewer,
    form: AppealForm,
    asked: dict[str, Any],
) -> HttpResponse:
    data = form.cleaned_data
    try:
        with transaction.atomic():
            appeal = lodge(
                complaint=case,
                grounds=form.grounds(),
                statement=data["statement"],
                desired_outcome=data["desired_outcome"],
                late_reason=data.get("late_reason", ""),
                actor=viewer,
            )
            for upload in form.uploads():
                add_evidence(complaint=case, upload=upload, actor=viewer)
    except RecourseError as error:
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, str(error.words))
        return _form_page(request, case, form, asked, status=error.status)
    messages.success(request, str(_("Your appeal is with us. It costs nothing.")))
    return _to(case, appeal)


def _to(case: Complaint, appeal: Appeal) -> HttpResponse:
    return redirect("appeals:appeal", reference=case.reference, number=appeal.pk)


def _form_page(
    request: HttpRequest,
    case: Complaint,
    form: AppealForm,
    asked: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    profile = by_key(case.profile_key)
    context = {
        "case": case,
        "form": form,
        "refused": asked["refused"],
        "rule_by": limit_words(profile.appeal_decision),
    }
    return render(request, "portal/appeal_form.html", context, status=status)


def _refused_page(
    request: HttpRequest, case: Complaint, known: list[Appeal], words: Words
) -> HttpResponse:
    context = {
        "case": case,
        "words": words,
        "earlier": known[0] if known else None,
        "routes": routes(case),
    }
    return render(request, "portal/appeal_refused.html", context, status=409)


# One appeal ---------------------------------------------------------------------------


def _appeal(case: Complaint, viewer: Viewer, number: int) -> Appeal:
    found = [row for row in selectors.appeals_of(case, viewer) if row.pk == number]
    if not found:
        raise Http404
    return found[0]


@require_safe
@case_view
def latest(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """The newest appeal on the case, for links that know no number."""
    known = selectors.appeals_of(case, viewer)
    if not known:
        raise Http404
    return _to(case, known[0])


@require_safe
@case_view
def show(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int
) -> HttpResponse:
    """Where the appeal stands; once it is ruled, the ruling itself."""
    appeal = _appeal(case, viewer, number)
    ruled = appeal.ruled_at is not None
    late = appeal.state == AppealState.OUT_OF_TIME
    referral = selectors.referral_of(appeal)
    context = {
        "case": case,
        "appeal": appeal,
        "ruled": ruled,
        "stand": selectors.stand_of(appeal),
        "grounds": selectors.ground_rows(appeal),
        "after": what_follows(appeal) if ruled else "",
        "panel_dissents": _dissents(appeal) if ruled else [],
        "explanation": selectors.late_explanation(appeal) if late else "",
        "letter": selectors.ruling_letter(appeal),
        "file": frozen_items(appeal, for_customer=True),
        "may_withdraw": appeal.in_hand and _may(appeal, "withdraw", viewer),
        "may_refer": ruled and not referral and _may(appeal, "refer", viewer),
        "referral": referral,
        **(outside_context(case, appeal, viewer) if referral else {"outside": None}),
        "routes": routes(case),
        "status": _status(appeal),
    }
    return render(request, "portal/appeal.html", context)


def _dissents(appeal: Appeal) -> list[str]:
    return panel.dissents(appeal) if appeal.panel_why else []


def _may(appeal: Appeal, name: str, viewer: Viewer) -> bool:
    return offer_of(appeal, name, viewer) is not None


def _status(appeal: Appeal) -> str:
    """Which of the customer's words the tag shows."""
    if appeal.in_hand or appeal.state == AppealState.REFERRED:
        return "investigating"
    ended = (AppealState.WITHDRAWN, AppealState.CLOSED)
    return "closed" if appeal.state in ended and not appeal.ruled_at else "decided"


@GET_OR_POST
@case_view
def withdraw(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int
) -> HttpResponse:
    """Asks once more, since the decision cannot be appealed a second time."""
    appeal = _appeal(case, viewer, number)
    if offer_of(appeal, "withdraw", viewer) is None:
        return _withdraw_page(request, case, appeal, status=409)
    if request.method != "POST":
        return _withdraw_page(request, case, appeal)
    try:
        perform(appeal, "withdraw", actor=viewer)
    except RecourseError as error:
        return _withdraw_page(request, case, appeal, error.words, status=error.status)
    messages.success(request, str(_("Your appeal is withdrawn.")))
    return _to(case, appeal)


def _withdraw_page(
    request: HttpRequest,
    case: Complaint,
    appeal: Appeal,
    problem: Words = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "case": case,
        "appeal": appeal,
        "problem": problem,
        "open": appeal.in_hand,
    }
    return render(request, "portal/appeal_withdraw.html", context, status=status)


@GET_OR_POST
@case_view
def refer(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int
) -> HttpResponse:
    """Take the case to an outside body, with the agreement that this needs."""
    appeal = _appeal(case, viewer, number)
    if offer_of(appeal, "refer", viewer) is None:
        return _refer_page(request, case, appeal, status=409)
    form = ReferForm(request.POST or None, case=case)
    if request.method != "POST":
        return _refer_page(request, case, appeal, form)
    if not form.is_valid():
        return _refer_page(request, case, appeal, form, status=422)
    try:
        perform(appeal, "refer", actor=viewer, **_given(form))
    except RecourseError as error:
        form.add_error(None, str(error.words))
        return _refer_page(request, case, appeal, form, status=error.status)
    words = _("It is recorded that you take your case to an outside body.")
    messages.success(request, str(words))
    return _to(case, appeal)


def _given(form: ReferForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if value != ""}


def _refer_page(
    request: HttpRequest,
    case: Complaint,
    appeal: Appeal,
    form: ReferForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Without a form: this appeal cannot be referred, or not any more."""
    context = {
        "case": case,
        "appeal": appeal,
        "form": form,
        "consent": consent.said(),
        "version": consent.VERSION,
        "routes": routes(case),
    }
    return render(request, "portal/appeal_refer.html", context, status=status)
