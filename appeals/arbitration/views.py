"""The arbitrator's one page, and what they do in writing from it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appeals.arbitration.door import ask_factor, found_link, seat_view, secret
from appeals.arbitration.forms import (
    AskForm,
    DeclineForm,
    EndForm,
    StandingForm,
)
from appeals.arbitrators import involved
from appeals.award_words import award_hash
from appeals.models import ArbitratorLink, Referral, ReferralState
from appeals.seated import SeatViewer
from appeals.services.outside import (
    ending,
    exhibits,
    hearing,
    links,
    objections,
    seats,
)
from complaints.errors import RecourseError
from teams.models import User

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
def show(request: HttpRequest, token: str) -> HttpResponseBase:
    """The door until both factors are shown, then the page."""
    found = found_link(request, token)
    if isinstance(found, HttpResponse):
        return secret(found)
    viewer = links.viewer_for(found, request.session)
    if viewer is None:
        return secret(ask_factor(request, found, token))
    if request.method == "POST":
        return secret(redirect("arbitration:page", token))
    return secret(page(request, found, token))


def page(request: HttpRequest, link: ArbitratorLink, token: str) -> HttpResponse:
    """Before the declaration the names of the sides alone, afterwards the bundle."""
    seat, row = link.seat, link.seat.referral
    context: dict[str, Any] = {
        "token": token,
        "seat": seat,
        "row": row,
        "case": row.complaint,
        "until": link.until,
    }
    if seat.accepted_at is None:
        context["names"] = _names(row)
        return render(request, "arbitration/declare.html", context)
    context |= {
        "colleagues": seats.taken(row),
        "ready": exhibits.is_ready(link),
        "bundle": link.bundle,
        "exhibits": exhibits.listed(link),
        "questions": list(row.questions.all()),
        "orders": list(row.orders.all()),
        "objections": list(seat.objections.all()),
        "on": row.state == ReferralState.HEARING,
        **award_context(row, link),
    }
    return render(request, "arbitration/page.html", context)


def award_context(row: Referral, link: ArbitratorLink) -> dict[str, Any]:
    """The award as far as it is, and who has voted on exactly that."""
    made = getattr(row, "award", None)
    present = award_hash(made) if made else ""
    others = [one for one in seats.taken(row) if not one.presides]
    return {
        "award": made,
        "points": list(made.points.select_related("point")) if made else [],
        "owed": list(made.remedies.all()) if made else [],
        "votes": [
            {"seat": one, "voted": bool(one.vote) and one.award_sha256 == present}
            for one in others
        ],
        "present": present,
    }


def _names(row: Referral) -> list[str]:
    """Of our people who had to do with the case: so that a tie can be declared."""
    ours = involved(row) - {row.complaint.customer.user_id}
    people = User.objects.filter(pk__in=ours)
    return sorted({user.get_full_name() or user.username for user in people})


@require_POST
@seat_view
def accept(
    request: HttpRequest, link: ArbitratorLink, viewer: SeatViewer, *, token: str
) -> HttpResponse:
    try:
        seats.accept(referral=link.seat.referral, actor=viewer)
    except RecourseError as error:
        messages.error(request, str(error.words))
    return redirect("arbitration:page", token)


@GET_OR_POST
@seat_view
def decline(
    request: HttpRequest, link: ArbitratorLink, viewer: SeatViewer, *, token: str
) -> HttpResponse:
    """A conflict is declared: the seat is free, and the link shut with it."""
    form = DeclineForm(request.POST or None)

    def do() -> None:
        seats.decline(referral=link.seat.referral, actor=viewer, **form.cleaned_data)

    words = (_("I am tied to this case"), _("Declare it and leave"), "")
    return written(request, link, form, do, words, token)


@GET_OR_POST
@seat_view
def answer_objection(
    request: HttpRequest, link: ArbitratorLink, viewer: SeatViewer, *, token: str
) -> HttpResponse:
    """On an objection of the exchange: the arbitrator stays, or steps aside."""
    waiting = objections.waiting_for(link.seat)
    if waiting is None:
        raise Http404
    form = StandingForm(request.POST or None)

    def do() -> None:
        objections.answer_own(objection=waiting, actor=viewer, **form.cleaned_data)

    words = (_("The exchange objects to you"), _("Answer"), "")
    more = {"said": waiting.reason}
    return written(request, link, form, do, words, token, **more)


@require_POST
@seat_view
def leave(
    request: HttpRequest, link: ArbitratorLink, viewer: SeatViewer, *, token: str
) -> HttpResponse:
    links.leave(link, request.session)
    request.session.cycle_key()
    return redirect("arbitration:page", token)


@GET_OR_POST
@seat_view
def ask(
    request: HttpRequest, link: ArbitratorLink, viewer: SeatViewer, *, token: str
) -> HttpResponse:
    form = AskForm(request.POST or None)

    def do() -> None:
        row, data = link.seat.referral, form.cleaned_data
        hearing.ask(
            referral=row,
            side=data["side"],
            text=data["text"],
            answer_by=form.due(row),
            actor=viewer,
        )

    words = (_("Ask a question"), _("Ask"), _("The question is sent to that side."))
    return written(request, link, form, do, words, token)


@GET_OR_POST
@seat_view
def order(
    request: HttpRequest, link: ArbitratorLink, viewer: SeatViewer, *, token: str
) -> HttpResponse:
    form = AskForm(request.POST or None)

    def do() -> None:
        row, data = link.seat.referral, form.cleaned_data
        hearing.order(
            referral=row,
            side=data["side"],
            text=data["text"],
            due_at=form.due(row),
            actor=viewer,
        )

    words = (_("Make an order"), _("Order it"), _("The order is sent to that side."))
    return written(request, link, form, do, words, token)


@GET_OR_POST
@seat_view
def end(
    request: HttpRequest, link: ArbitratorLink, viewer: SeatViewer, *, token: str
) -> HttpResponse:
    """Settled, or outside of what may be decided: it ends without an award."""
    form = EndForm(request.POST or None)

    def do() -> None:
        ending.end_hearing(
            referral=link.seat.referral, actor=viewer, **form.cleaned_data
        )

    words = (_("End it without an award"), _("End it"), "")
    return written(request, link, form, do, words, token)


def written(
    request: HttpRequest,
    link: ArbitratorLink,
    form: forms.Form,
    do: Callable[[], object],
    words: tuple[str, str, str],
    token: str,
    template: str = "arbitration/form.html",
    **more: Any,
) -> HttpResponse:
    """One form on a page of its own; a refusal stands in it, in words."""
    title, button, done = words
    if request.method == "POST" and form.is_valid():
        try:
            do()
        except RecourseError as error:
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else None, str(error.words))
        else:
            if done:
                messages.success(request, done)
            return redirect("arbitration:page", token)
    context = {
        "form": form,
        "title": title,
        "button": button,
        "token": token,
        "case": link.seat.referral.complaint,
        "row": link.seat.referral,
        **more,
    }
    status = 422 if form.errors else 200
    return render(request, template, context, status=status)
