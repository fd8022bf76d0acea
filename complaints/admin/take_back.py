"""Taking a remedy back: one page to ask for it, one for the second person's word."""

from typing import Any

from django import forms
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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin.forms import textarea
from complaints.admin.moves import back_to, explain
from complaints.admin.scoped import desk_context, viewer_for
from complaints.errors import NotPermitted, NotVisible, RecourseError
from complaints.models import Remedy
from complaints.permissions import Viewer
from complaints.selectors.orders import order_lines
from complaints.services import take_back
from config import sudo


class AskForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is taken back"),
        help_text=gettext_lazy("The second person reads it, and it stays on the case."),
        max_length=take_back.REASON_LIMIT,
        widget=textarea(4),
    )
    by_hand = forms.BooleanField(
        label=gettext_lazy("By hand, not by the ledger that paid it"), required=False
    )

    def __init__(self, *args: Any, by_ledger: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by_ledger:
            del self.fields["by_hand"]


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[
            ("agree", gettext_lazy("I agree: take it back")),
            ("decline", gettext_lazy("I do not agree")),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("Why not, or what to mind"),
        max_length=take_back.REASON_LIMIT,
        required=False,
        widget=textarea(3),
    )


class TakeBackPages:
    """Views of ``RemedyAdmin``; a remedy that is not seen is not there."""

    admin_site: Any

    def _remedy(self, request: HttpRequest, pk: int) -> tuple[Remedy, Viewer]:
        viewer = viewer_for(request)
        rows = Remedy.objects.visible_to(viewer).select_related("complaint", "decision")
        remedy = rows.prefetch_related("instructions").filter(pk=pk).first()
        if remedy is None:
            raise Http404
        return remedy, viewer

    def take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        remedy, viewer = self._remedy(request, pk)
        if not take_back.may_ask(remedy, viewer):
            raise PermissionDenied
        if remedy.is_money:
            sudo.require(request)
        by_ledger = take_back.was_paid_by_ledger(remedy)
        form = AskForm(request.POST or None, by_ledger=by_ledger)
        if request.method == "POST" and form.is_valid():
            ask = take_back.ask_take_back
            if _did(form, ask, remedy=remedy, actor=viewer, **form.cleaned_data):
                messages.success(request, _("A second person is asked now."))
                return self._to_case(remedy, viewer)
        return self._take_back_page(
            request, remedy, form, _("Take the remedy back"), _("Ask for it")
        )

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        remedy, viewer = self._remedy(request, pk)
        if not take_back.may_answer(remedy, viewer):
            raise PermissionDenied
        if remedy.is_money:
            sudo.require(request)
        form = AnswerForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            if _did(
                form,
                take_back.answer_take_back,
                remedy=remedy,
                actor=viewer,
                agreed=data["answer"] == "agree",
                words=data["words"],
            ):
                messages.success(request, _("Your answer is kept."))
                return self._to_case(remedy, viewer)
        title = _("Agree to taking it back")
        return self._take_back_page(request, remedy, form, title, _("Give this answer"))

    def _to_case(self, remedy: Remedy, viewer: Viewer) -> HttpResponse:
        return HttpResponseRedirect(back_to(remedy.complaint, viewer, "remedies"))

    def _take_back_page(
        self,
        request: HttpRequest,
        remedy: Remedy,
        form: forms.Form,
        title: str,
        button: str,
    ) -> HttpResponse:
        case = remedy.complaint
        context = {
            **desk_context(self.admin_site, request),
            "title": title,
            "subtitle": case.reference,
            "case": case,
            "remedy": remedy,
            "lines": order_lines(remedy),
            "form": form,
            "button": button,
            "back_url": back_to(case, viewer_for(request), "remedies"),
        }
        template = "admin/complaints/take_back.html"
        status = 422 if form.errors else 200
        return TemplateResponse(request, template, context, status=status)


def _did(form: forms.Form, act: Any, **given: Any) -> bool:
    """Whether the service did it; its refusal stands on the form otherwise."""
    try:
        act(**given)
    except NotVisible as error:
        raise Http404 from error
    except NotPermitted as error:
        raise PermissionDenied from error
    except RecourseError as error:
        explain(form, error)
        return False
    return True
