"""The outside stage in the customer's case, and the awards that everybody may read."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appeals.models import ArbitratorQuestion, Referral
from appeals.outside_notices import route_name
from appeals.outside_selectors import (
    published_award,
    put_to_customer,
    referral_for,
    seat_of,
    stage_for,
)
from appeals.portal.forms import ObjectionForm, OutsideAnswerForm
from appeals.services.outside import ending, hearing, objections, publish
from complaints.errors import RecourseError
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.portal.viewer import case_view

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


def outside_context(case: Complaint, appeal: Any, viewer: Viewer) -> dict[str, Any]:
    """What the page of an appeal shows of its outside stage; nothing where none is."""
    stage = stage_for(case, appeal.pk, viewer)
    if stage is None:
        return {"outside": None}
    return {
        "outside": stage.row,
        "outside_body": route_name(stage.row),
        "outside_words": stage.words,
        "outside_next": stage.next_day,
        "arbitrators": stage.seats,
        "questions": stage.questions,
        "orders": stage.orders,
        "award": stage.award,
        "points": stage.points,
        "owed": stage.owed,
        "dissents": stage.dissents,
        "may_answer": stage.may_answer,
        "may_take_back": stage.undecided,
    }


def _referral(case: Complaint, viewer: Viewer, number: int) -> Referral:
    row = referral_for(case, number, viewer)
    if row is None:
        raise Http404
    return row


def _asked(row: Referral, kind: str, number: int) -> hearing.Asked:
    """What was put to the customer; 404 for anything else."""
    found = put_to_customer(row, kind, number)
    if found is None:
        raise Http404
    return found


def _say(asked: hearing.Asked, said: str, viewer: Viewer) -> None:
    if isinstance(asked, ArbitratorQuestion):
        hearing.answer(question=asked, text=said, actor=viewer)
    else:
        hearing.comply(order=asked, words=said, actor=viewer)


@GET_OR_POST
@case_view
def answer(
    request: HttpRequest,
    case: Complaint,
    viewer: Viewer,
    *,
    number: int,
    what: str,
    one: int,
) -> HttpResponse:
    """The customer's word on a question or an order that was put to them."""
    row = _referral(case, viewer, number)
    asked = _asked(row, what, one)
    form = OutsideAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["text"]
        try:
            _say(asked, said, viewer)
        except RecourseError as error:
            form.add_error(None, str(error.words))
        else:
            messages.success(request, _("The arbitrator has your answer."))
            return redirect("appeals:appeal", case.reference, number)
    context = {"case": case, "form": form, "asked": asked, "number": number}
    context["kind"] = what
    status = 422 if form.errors else 200
    return render(request, "portal/outside_answer.html", context, status=status)


@GET_OR_POST
@case_view
def reject(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int, seat: int
) -> HttpResponse:
    """Say why an arbitrator should not decide; somebody independent looks at it."""
    row = _referral(case, viewer, number)
    found = seat_of(row, seat)
    if found is None:
        raise Http404
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["text"]
        try:
            objections.object_to(referral=row, seat=found, reason=said, actor=viewer)
        except RecourseError as error:
            form.add_error(None, str(error.words))
        else:
            messages.success(request, _("We look at your objection and write to you."))
            return redirect("appeals:appeal", case.reference, number)
    context = {"case": case, "form": form, "seat": found, "number": number}
    status = 422 if form.errors else 200
    return render(request, "portal/outside_reject.html", context, status=status)


@GET_OR_POST
@case_view
def take_back(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int
) -> HttpResponse:
    """End one's part before the award; asked once more."""
    row = _referral(case, viewer, number)
    problem = ""
    if request.method == "POST":
        try:
            ending.take_back_consent(referral=row, actor=viewer)
        except RecourseError as error:
            problem = str(error.words)
        else:
            messages.success(request, _("You have ended your part outside."))
            return redirect("appeals:appeal", case.reference, number)
    context = {"case": case, "number": number, "problem": problem}
    status = 409 if problem else 200
    return render(request, "portal/outside_end.html", context, status=status)


@require_safe
def awards(request: HttpRequest) -> HttpResponse:
    """Every award that was published without names."""
    return render(request, "public/awards.html", {"rows": publish.published()})


@require_safe
def award(request: HttpRequest, number: int) -> HttpResponse:
    found = published_award(number)
    if found is None:
        raise Http404
    return render(request, "public/award.html", {"row": found})
