"""The outside stage in the customer's case, and the awards that everybody may read."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from appeals.models import (
    Arbitrator,
    ArbitratorOrder,
    ArbitratorQuestion,
    ArbitratorSeat,
    Award,
    AwardedRemedy,
    AwardPoint,
    PublishedAward,
    Referral,
    ReferralState,
    Side,
)
from appeals.outside_notices import route_name
from appeals.portal.forms import OutsideAnswerForm
from appeals.services.outside import ending, hearing, publish
from complaints.errors import RecourseError
from complaints.models import Complaint, Point
from complaints.permissions import Viewer
from complaints.portal.viewer import case_view
from complaints.together import read, refer

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])

STANDING = {
    ReferralState.OPEN: gettext_lazy("It is on its way to the body that decides it."),
    ReferralState.HEARING: gettext_lazy("Independent arbitrators have your case."),
    ReferralState.AWARDED: gettext_lazy(
        "It is decided. What the award asks of us is prepared and signed off."
    ),
    ReferralState.CARRYING_OUT: gettext_lazy("We carry out what was awarded to you."),
    ReferralState.DONE: gettext_lazy("It is decided, and the award is carried out."),
    ReferralState.DISCONTINUED: gettext_lazy("It ended without an award."),
}
"""Where the outside stage stands, in one sentence for the customer."""


def outside_context(case: Complaint, appeal: Any, viewer: Viewer) -> dict[str, Any]:
    """What the page of an appeal shows of its outside stage; nothing where none is."""
    row = Referral.objects.visible_to(viewer).filter(appeal=appeal).first()
    if row is None:
        return {"outside": None}
    row.complaint = case
    heard = _heard(row)
    shown = heard.award if heard.award is not None and _is_out(row) else None
    return {
        "outside": row,
        "outside_body": route_name(row),
        "outside_words": STANDING[ReferralState(row.state)],
        "outside_next": _next(heard.questions, heard.orders, shown),
        "arbitrators": heard.seats,
        "questions": heard.questions,
        "orders": heard.orders,
        "award": shown,
        "points": heard.points if shown else [],
        "owed": heard.owed if shown else [],
        "dissents": [s.dissent for s in heard.seats if s.dissent] if shown else [],
        "may_answer": row.state == ReferralState.HEARING,
        "may_take_back": row.state in (ReferralState.OPEN, ReferralState.HEARING),
    }


class Heard(NamedTuple):
    """What hangs on a referral, each in the order of its numbers."""

    award: Award | None
    questions: list[ArbitratorQuestion]
    orders: list[ArbitratorOrder]
    seats: list[ArbitratorSeat]
    points: list[AwardPoint]
    owed: list[AwardedRemedy]


def _heard(row: Referral) -> Heard:
    """All of it in one statement."""
    seats = row.seats.filter(left_at=None, accepted_at__isnull=False)
    made = Award.objects.filter(referral=row)
    found, questions, orders, seated, people, points, of_case, owed = read(
        made,
        row.questions.all(),
        row.orders.all(),
        seats,
        Arbitrator.objects.filter(pk__in=seats.values("arbitrator")),
        AwardPoint.objects.filter(award__in=made).order_by("pk"),
        Point.objects.filter(complaint=row.complaint_id),
        AwardedRemedy.objects.filter(award__in=made),
    )
    refer(seated, "arbitrator", {one.pk: one for one in people})
    refer(points, "point", {one.pk: one for one in of_case})
    points.sort(key=lambda one: one.point.number)
    return Heard(found[0] if found else None, questions, orders, seated, points, owed)


def _is_out(row: Referral) -> bool:
    early = (ReferralState.OPEN, ReferralState.HEARING, ReferralState.DISCONTINUED)
    return row.state not in early


def _next(questions: list[Any], orders: list[Any], award: Any) -> Any:
    """The first day by which something is due, whoever owes it."""
    days = [one.answer_by for one in questions if one.answered_at is None]
    days += [one.due_at for one in orders if one.done_at is None]
    if award is not None:
        return award.comply_by
    return min(days, default=None)


def _referral(case: Complaint, viewer: Viewer, number: int) -> Referral:
    rows = Referral.objects.visible_to(viewer).filter(complaint=case, appeal=number)
    row = rows.first()
    if row is None:
        raise Http404
    return row


def _asked(row: Referral, kind: str, number: int) -> hearing.Asked:
    """What was put to the customer; 404 for anything else."""
    known: dict[str, Any] = {"question": row.questions, "order": row.orders}
    rows = known.get(kind)
    found = rows.filter(number=number, side=Side.CUSTOMER).first() if rows else None
    if found is None:
        raise Http404
    asked: hearing.Asked = found
    return asked


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
    rows = PublishedAward.objects.filter(published_at__isnull=False, pk=number)
    found = rows.first()
    if found is None:
        raise Http404
    return render(request, "public/award.html", {"row": found})
