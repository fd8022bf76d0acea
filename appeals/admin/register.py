"""The desk's register of outside arbitrators: who is on it and what ties them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.admin.outside_forms import ArbitratorForm, TieForm
from appeals.admin.work import WorkPages, tried
from appeals.arbitrators import register as on_register
from appeals.models import Arbitrator
from appeals.services.outside import register
from appeals.services.reviewers import may_choose
from complaints.admin.scoped import viewer_for
from complaints.models import Complaint
from complaints.permissions import Viewer

LIST = "admin:appeals_appeal_arbitrators"
ONE = "admin:appeals_appeal_arbitrator"


def _manager(request: HttpRequest) -> Viewer:
    viewer = viewer_for(request)
    if not may_choose(viewer):
        raise PermissionDenied
    return viewer


class RegisterPages(WorkPages):
    """Views of ``AppealAdmin``, for the appeals lead and the head."""

    def arbitrators_view(self, request: HttpRequest) -> HttpResponse:
        """The register, and the form for somebody new."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        viewer = _manager(request)
        form = ArbitratorForm(request.POST or None)
        made: dict[str, Any] = {}

        def do() -> object:
            person, code = register.add_arbitrator(actor=viewer, **form.cleaned_data)
            made.update(person=person, code=code)
            return person

        if request.method == "POST" and form.is_valid() and tried(form, do):
            return self._code_page(request, made["person"], made["code"])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Arbitrators"),
            "rows": on_register(),
            "gone": Arbitrator.objects.exclude(ended_at=None),
            "form": form,
            "back_url": reverse("admin:appeals_appeal_changelist"),
        }
        template = "admin/appeals/arbitrators.html"
        status = 422 if form.errors else 200
        return TemplateResponse(request, template, context, status=status)

    def _code_page(
        self, request: HttpRequest, person: Arbitrator, code: str
    ) -> HttpResponse:
        """The enrolment code, shown this once and kept nowhere."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Enrolment code"),
            "subtitle": person.full_name,
            "person": person,
            "code": code,
            "back_url": reverse(ONE, args=(person.pk,)),
        }
        response = TemplateResponse(request, "admin/appeals/enrol.html", context)
        response["Cache-Control"] = "no-store, private"
        return response

    def arbitrator_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """One of them: conflicts, cases, and a press each for what may be done."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        viewer = _manager(request)
        person = Arbitrator.objects.filter(pk=number).first()
        if person is None:
            raise Http404
        act = request.POST.get("act", "")
        form = TieForm(request.POST if act == "tie" else None)
        if act == "tie" and form.is_valid() and _tie(form, person, viewer):
            messages.success(request, str(_("The conflict is on the register.")))
            return HttpResponseRedirect(reverse(ONE, args=(number,)))
        if act == "enrol":
            code = register.enrol_again(arbitrator=person, actor=viewer)
            return self._code_page(request, person, code)
        if act in ("end", "lift"):
            _press(request, act, person, viewer)
            return HttpResponseRedirect(reverse(ONE, args=(number,)))
        context = {
            **self.admin_site.each_context(request),
            "title": person.full_name,
            "subtitle": _("Arbitrators"),
            "person": person,
            "ties": list(person.ties.select_related("user", "complaint", "party")),
            "cases": _cases(person, viewer),
            "form": form,
            "back_url": reverse(LIST),
        }
        template = "admin/appeals/arbitrator.html"
        status = 422 if form.errors else 200
        return TemplateResponse(request, template, context, status=status)


def _tie(form: TieForm, person: Arbitrator, viewer: Viewer) -> bool:
    def do() -> object:
        return register.declare_tie(
            arbitrator=person,
            kind=form.cleaned_data["kind"],
            reason=form.cleaned_data["reason"],
            actor=viewer,
            **form.about(Complaint.objects.visible_to(viewer)),
        )

    return tried(form, do)


def _press(request: HttpRequest, act: str, person: Arbitrator, viewer: Viewer) -> None:
    if act == "end":
        register.end_arbitrator(arbitrator=person, actor=viewer)
        messages.success(request, str(_("They are off the register.")))
        return
    key = request.POST.get("tie", "")
    tie = person.ties.filter(pk=int(key)).first() if key.isdecimal() else None
    if tie is not None:
        register.lift_tie(tie=tie, actor=viewer)
        messages.success(request, str(_("The conflict does not hold any more.")))


def _cases(person: Arbitrator, viewer: Viewer) -> list[Any]:
    """Their seats on cases that the viewer sees."""
    seen = Complaint.objects.visible_to(viewer)
    rows = person.seats.filter(referral__complaint__in=seen)
    return list(
        rows.select_related("referral__complaint").order_by("-appointed_at")[:50]
    )
