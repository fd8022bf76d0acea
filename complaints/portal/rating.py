"""How was it? Asked once, when the complaint is over."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.errors import RecourseError
from complaints.models import Complaint, Rating
from complaints.permissions import Viewer
from complaints.portal.actions import GET_OR_POST, explain
from complaints.portal.fields import TextField
from complaints.portal.viewer import case_view
from complaints.services import feedback


class RatingForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("How did we handle your complaint?"),
        help_text=_("Not whether you won, but how we dealt with it and with you."),
        choices=[(str(s.value), s.label) for s in reversed(Rating.Score)],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the five.")},
    )
    comment = TextField(
        label=_("What should we do otherwise next time?"),
        required=False,
        max_length=feedback.COMMENT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@GET_OR_POST
@case_view
def rate(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """One page, one question, one answer."""
    if not feedback.may_rate(case):
        return _page(request, case, None, 409)
    if request.method != "POST":
        return _page(request, case, RatingForm())
    form = RatingForm(request.POST)
    if form.is_valid() and _rated(case, viewer, form):
        messages.success(request, gettext("Thank you. We read every answer."))
        return redirect("portal:case", reference=case.reference)
    return _page(request, case, form, 422)


def _rated(case: Complaint, viewer: Viewer, form: RatingForm) -> bool:
    try:
        feedback.rate(complaint=case, actor=viewer, **form.cleaned_data)
    except RecourseError as error:
        explain(form, error)
        return False
    return True


def _page(
    request: HttpRequest, case: Complaint, form: RatingForm | None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"case": case, "form": form}
    return render(request, "portal/rating.html", context, status=status)
