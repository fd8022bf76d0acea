"""Requests of persons about their data: listed, written down, extended, answered."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin.forms import textarea
from complaints.admin.move_form import DayInput
from complaints.admin.moves import explain
from complaints.admin.rail import rail_groups
from complaints.admin.scoped import viewer_for
from complaints.errors import RecourseError
from complaints.models import PersonRequest, RequestAnswer, RequestKind
from complaints.models.person_request import WORDS_LIMIT
from complaints.permissions import Viewer
from complaints.services.privacy import requests

PERSONS = "admin:complaints_complaint_persons"
SHOWN = 100


class RecordForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What is asked"), choices=RequestKind.choices
    )
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    received_on = forms.DateField(
        label=gettext_lazy("First day it was with us"),
        help_text=gettext_lazy("The month counts from here, whoever read it when."),
        widget=DayInput,
    )
    note = forms.CharField(
        label=gettext_lazy("What they wrote"),
        max_length=WORDS_LIMIT,
        required=False,
        widget=textarea(4),
    )


class ExtendForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why it takes longer"),
        help_text=gettext_lazy("They have to be told this within the first month."),
        max_length=WORDS_LIMIT,
        widget=textarea(3),
    )


class ReplyForm(forms.Form):
    answer = forms.ChoiceField(
        label=gettext_lazy("What came of it"),
        choices=RequestAnswer.choices,
        widget=forms.RadioSelect,
    )


class PersonPages:
    """Views of ``ComplaintAdmin`` for the head and officers of compliance."""

    admin_site: Any

    def persons_view(self, request: HttpRequest) -> HttpResponse:
        """GET lists those that wait and the latest answered."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = _keeper(request)
        answered = PersonRequest.objects.filter(answered_at__isnull=False)
        waiting = list(requests.open_requests()[:SHOWN])
        today = timezone.localdate()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Requests of persons"),
            "rail_groups": rail_groups(viewer, self.admin_site, request, "persons"),
            "waiting": [(row, row.is_late(today)) for row in waiting],
            "answered": answered.order_by("-answered_at")[:SHOWN],
        }
        return TemplateResponse(request, "admin/complaints/persons.html", context)

    def person_new_view(self, request: HttpRequest) -> HttpResponse:
        viewer = _keeper(request)
        form = RecordForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            done = _done(
                form, lambda: requests.record(actor=viewer, **form.cleaned_data)
            )
            if done:
                messages.success(request, _("It is written down."))
                return HttpResponseRedirect(reverse(PERSONS))
        return self._person_form(
            request, form, _("Write a request down"), _("Write it down")
        )

    def person_extend_view(self, request: HttpRequest, number: int) -> HttpResponse:
        viewer, row = _keeper(request), get_object_or_404(PersonRequest, pk=number)
        form = ExtendForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            why = form.cleaned_data["why"]
            if _done(form, lambda: requests.extend(request=row, why=why, actor=viewer)):
                messages.success(request, _("It is extended by two months."))
                return HttpResponseRedirect(reverse(PERSONS))
        return self._person_form(
            request, form, _("Take two more months"), _("Extend it"), row
        )

    def person_answer_view(self, request: HttpRequest, number: int) -> HttpResponse:
        viewer, row = _keeper(request), get_object_or_404(PersonRequest, pk=number)
        form = ReplyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data["answer"]
            done = _done(
                form, lambda: requests.answer(request=row, answer=said, actor=viewer)
            )
            if done:
                messages.success(request, _("The answer is on record."))
                return HttpResponseRedirect(reverse(PERSONS))
        return self._person_form(
            request, form, _("Record the answer"), _("Record it"), row
        )

    def _person_form(
        self,
        request: HttpRequest,
        form: forms.Form,
        title: str,
        button: str,
        row: PersonRequest | None = None,
    ) -> HttpResponse:
        """``row`` is the request that the form is about, shown above it."""
        viewer = viewer_for(request)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": _("Requests of persons"),
            "form": form,
            "button": button,
            "back_url": reverse(PERSONS),
            "row": row,
            "late": row is not None and row.is_late(timezone.localdate()),
            "rail_groups": rail_groups(viewer, self.admin_site, request, "persons"),
        }
        status = 422 if request.method == "POST" else 200
        template = "admin/complaints/person.html"
        return TemplateResponse(request, template, context, status=status)


def _keeper(request: HttpRequest) -> Viewer:
    viewer = viewer_for(request)
    if not requests.may_keep(viewer):
        raise PermissionDenied
    return viewer


def _done(form: forms.Form, act: Any) -> bool:
    try:
        act()
    except RecourseError as error:
        explain(form, error)
        return False
    return True
