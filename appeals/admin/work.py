"""The reviewer's pages: an answer to each ground, the words of the ruling."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.admin.forms import GroundForm, RulingForm
from appeals.models import Appeal
from appeals.services import answer_ground, choose_again, write_ruling
from complaints.admin.moves import explain, words_of
from complaints.errors import NotPermitted, NotVisible, RecourseError
from complaints.permissions import Viewer
from complaints.transitions import Words

Seen = Callable[[HttpRequest, int], tuple[Appeal, Viewer]]


class WorkPages:
    """What the pages of an appeal share: one form, one act, one way back."""

    admin_site: Any
    seen: Seen
    to_page: Callable[..., HttpResponse]

    def ask(
        self,
        request: HttpRequest,
        appeal: Appeal,
        form: Any,
        title: Words,
        button: Words,
        **more: Any,
    ) -> HttpResponse:
        """One form on a page of its own."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": appeal.complaint.reference,
            "case": appeal.complaint,
            "appeal": appeal,
            "form": form,
            "button": button,
            "back_url": reverse("admin:appeals_appeal_change", args=(appeal.pk,)),
            **more,
        }
        status = 422 if form.errors else 200
        template = "admin/appeals/form.html"
        return TemplateResponse(request, template, context, status=status)

    def act(
        self,
        request: HttpRequest,
        appeal: Appeal,
        viewer: Viewer,
        do: Callable[[], object],
        done: Words,
        anchor: str = "",
    ) -> HttpResponse:
        """A press without a form: done, or refused in words on the page."""
        try:
            said = do()
        except NotVisible as error:
            raise Http404 from error
        except NotPermitted as error:
            raise PermissionDenied from error
        except RecourseError as error:
            for words in words_of(error):
                messages.error(request, words)
        else:
            messages.success(request, str(said if isinstance(said, str) else done))
        return self.to_page(appeal, viewer, anchor)


def tried(form: Any, do: Callable[[], object]) -> bool:
    """Whether ``do`` went well; otherwise its refusal stands in the form."""
    try:
        do()
    except NotVisible as error:
        raise Http404 from error
    except NotPermitted as error:
        raise PermissionDenied from error
    except RecourseError as error:
        explain(form, error)
        return False
    return True


def reviewer_only(appeal: Appeal, viewer: Viewer) -> None:
    if appeal.reviewer_id != viewer.user.pk:
        raise PermissionDenied


class ReviewPages(WorkPages):
    """Views of ``AppealAdmin``."""

    def ground_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        appeal, viewer = self.seen(request, pk)
        reviewer_only(appeal, viewer)
        ground = appeal.grounds.select_related("point").filter(number=number).first()
        if ground is None:
            raise Http404
        known = {"answer": ground.answer}
        if ground.accepted is not None:
            known["accepted"] = "yes" if ground.accepted else "no"
        form = GroundForm(request.POST or None, initial=known)

        def do() -> object:
            return answer_ground(ground=ground, actor=viewer, **form.cleaned_data)

        if request.method == "POST" and form.is_valid() and tried(form, do):
            messages.success(request, str(_("The answer is kept.")))
            return self.to_page(appeal, viewer, "grounds")
        title = _("Answer ground %(number)s") % {"number": number}
        return self.ask(
            request, appeal, form, title, _("Keep the answer"), ground=ground
        )

    def ruling_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        appeal, viewer = self.seen(request, pk)
        reviewer_only(appeal, viewer)
        known = {
            "outcome": appeal.outcome,
            "summary": appeal.ruling_summary,
            "reasons": appeal.ruling_reasons,
            "lesson": appeal.lesson,
        }
        form = RulingForm(
            request.POST or None, initial=known, refused=appeal.is_against_refusal
        )

        def do() -> object:
            return write_ruling(appeal=appeal, actor=viewer, **form.cleaned_data)

        if request.method == "POST" and form.is_valid() and tried(form, do):
            messages.success(
                request, str(_("The words are kept. Nothing is ruled yet."))
            )
            return self.to_page(appeal, viewer, "ruling")
        return self.ask(
            request, appeal, form, _("Write the ruling"), _("Keep the words")
        )

    def reviewer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Look once more for somebody independent; POST only."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        appeal, viewer = self.seen(request, pk)

        def do() -> str:
            found = choose_again(appeal=appeal, actor=viewer)
            if found is None:
                return str(_("Still nobody independent is there."))
            return str(_("%(name)s reviews it now.") % {"name": found})

        return self.act(request, appeal, viewer, do, "")
