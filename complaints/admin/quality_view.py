"""The weekly look at quality: what a lead scores, and what handlers read of theirs."""

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
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin.forms import textarea
from complaints.admin.moves import explain
from complaints.admin.rail import rail_groups
from complaints.admin.scoped import viewer_for
from complaints.errors import NotPermitted, NotVisible, RecourseError
from complaints.models import QualityCriterion, QualityReview
from complaints.models.quality import FEEDBACK_LIMIT
from complaints.services import quality

QUALITY = "admin:complaints_complaint_quality"
SHOWN = 50
GIVEN: dict[int, Any] = {
    value: words for value, words in quality.ANSWERS.values() if value is not None
}


class ScoreForm(forms.Form):
    """A question a criterion in use, then words to the handler."""

    def __init__(
        self, *args: Any, criteria: list[QualityCriterion], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, words) for key, (_value, words) in quality.ANSWERS.items()]
        for criterion in criteria:
            self.fields[criterion.code] = forms.ChoiceField(
                label=criterion.label, choices=choices, widget=forms.RadioSelect
            )
        self.fields["feedback"] = forms.CharField(
            label=gettext_lazy("What was good, and what to do otherwise"),
            help_text=gettext_lazy("Only the handler reads this besides you."),
            max_length=FEEDBACK_LIMIT,
            widget=textarea(6),
        )


class QualityPages:
    """Views of ``ComplaintAdmin``: a list of two parts, and the form of one case."""

    admin_site: Any

    def quality_view(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        if not viewer.is_staff:
            raise PermissionDenied
        criteria = list(QualityCriterion.objects.all())
        reviews = list(quality.feedback_of(viewer)[:SHOWN])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Quality of handling"),
            "rail_groups": rail_groups(viewer, self.admin_site, request, "quality"),
            "to_do": quality.reviews_to_do(viewer)[:SHOWN],
            "mine": [(review, _lines(review, criteria)) for review in reviews],
        }
        return TemplateResponse(request, "admin/complaints/quality.html", context)

    def score_view(self, request: HttpRequest, number: int) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        viewer = viewer_for(request)
        review = quality.reviews_to_do(viewer).filter(pk=number).first()
        if review is None:
            raise Http404
        criteria = list(QualityCriterion.objects.filter(active=True))
        form = ScoreForm(request.POST or None, criteria=criteria)
        if request.method != "POST":
            return self._score_page(request, review, form)
        if form.is_valid() and _scored(form, review, request):
            messages.success(request, _("It is scored; the handler is told."))
            return HttpResponseRedirect(reverse(QUALITY))
        return self._score_page(request, review, form, status=422)

    def _score_page(
        self,
        request: HttpRequest,
        review: QualityReview,
        form: ScoreForm,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("How was this case handled?"),
            "subtitle": _("Quality of handling"),
            "review": review,
            "case": review.complaint,
            "form": form,
            "button": _("Score it"),
            "back_url": reverse(QUALITY),
        }
        template = "admin/complaints/quality_score.html"
        return TemplateResponse(request, template, context, status=status)


def _scored(form: ScoreForm, review: QualityReview, request: HttpRequest) -> bool:
    answers = dict(form.cleaned_data)
    feedback = answers.pop("feedback")
    try:
        quality.score(
            review=review,
            answers=answers,
            feedback=feedback,
            actor=viewer_for(request),
        )
    except NotVisible as error:
        raise Http404 from error
    except NotPermitted as error:
        raise PermissionDenied from error
    except RecourseError as error:
        explain(form, error)
        return False
    return True


def _lines(
    review: QualityReview, criteria: list[QualityCriterion]
) -> list[tuple[str, Any]]:
    """Each question that applied with its answer, as they stand now."""
    return [
        (one.label, GIVEN[review.scores[one.code]])
        for one in criteria
        if one.code in review.scores
    ]
