"""The pages of the new decision that a ruling brings: draft, propose, sign, return."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
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

from appeals.admin.forms import CommentForm
from appeals.admin.work import WorkPages, reviewer_only, tried
from appeals.models import Appeal
from appeals.services import (
    add_new_remedy,
    drop_new_remedy,
    propose_new_decision,
    return_new_decision,
    sign_new_decision,
    write_new_decision,
)
from complaints import ledger
from complaints.admin.decision_forms import DraftForms, RemedyForm, fingerprint
from complaints.models import Decision
from complaints.permissions import Viewer
from complaints.selectors.money import proposes_money
from complaints.states import AppealState, DecisionStatus
from config import sudo

DRAFT = "admin:appeals_appeal_draft"


def draft_in_hand(appeal: Appeal) -> Decision | None:
    """The reviewer's draft; None before the first word is kept."""
    rows = appeal.complaint.decisions.filter(
        on_appeal=True, status=DecisionStatus.DRAFT
    )
    draft: Decision | None = rows.order_by("-number").first()
    return draft


class NewDecisionPages(WorkPages):
    """Views of ``AppealAdmin``."""

    def _to_draft(self, request: HttpRequest, pk: int) -> tuple[Appeal, Viewer]:
        """Only the reviewer, while nothing is proposed."""
        appeal, viewer = self.seen(request, pk)
        reviewer_only(appeal, viewer)
        open_now = appeal.state == AppealState.REVIEWING
        if not open_now or appeal.is_against_refusal or appeal.new_decision_id:
            raise PermissionDenied
        return appeal, viewer

    def draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        appeal, viewer = self._to_draft(request, pk)
        case, draft = appeal.complaint, draft_in_hand(appeal)
        if request.method != "POST":
            return self._draft_page(request, appeal, DraftForms(case, draft))
        forms = DraftForms(case, draft, request.POST)
        if not forms.are_valid():
            return self._draft_page(request, appeal, forms, status=422)
        try:
            kept = tried(forms.words, lambda: _write(appeal, viewer, forms))
        except StaleDraft:
            return self._stale(request, appeal)
        if not kept:
            return self._draft_page(request, appeal, forms, status=422)
        messages.success(request, str(_("The draft is kept.")))
        return HttpResponseRedirect(reverse(DRAFT, args=(pk,)))

    def _stale(self, request: HttpRequest, appeal: Appeal) -> HttpResponse:
        """What was typed stays in the form; saving again puts it over the other."""
        draft = draft_in_hand(appeal)
        post = request.POST.copy()
        post["seen"] = fingerprint(draft)
        again = DraftForms(appeal.complaint, draft, post)
        again.are_valid()
        words = _("This draft changed in the meantime. Saving now puts yours over it.")
        messages.warning(request, str(words))
        return self._draft_page(request, appeal, again, status=409)

    def _draft_page(
        self,
        request: HttpRequest,
        appeal: Appeal,
        forms: DraftForms,
        status: int = 200,
    ) -> HttpResponse:
        draft = draft_in_hand(appeal)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Draft of the new decision"),
            "subtitle": appeal.complaint.reference,
            "case": appeal.complaint,
            "appeal": appeal,
            "forms": forms,
            "remedies": draft.live_remedies() if draft else [],
            "back_url": reverse("admin:appeals_appeal_change", args=(appeal.pk,)),
        }
        template = "admin/appeals/draft.html"
        return TemplateResponse(request, template, context, status=status)

    def remedy_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put one remedy into the draft."""
        appeal, viewer = self._to_draft(request, pk)
        initial = {"asset": appeal.complaint.asset}
        form = RemedyForm(request.POST or None, initial=initial)

        def do() -> object:
            return add_new_remedy(appeal=appeal, remedy=form.remedy(), actor=viewer)

        if request.method == "POST" and form.is_valid() and tried(form, do):
            messages.success(request, str(_("The remedy is in the draft.")))
            return HttpResponseRedirect(reverse(DRAFT, args=(pk,)) + "#remedies")
        back = reverse(DRAFT, args=(pk,))
        title, button = _("Propose a remedy"), _("Put it into the draft")
        return self.ask(request, appeal, form, title, button, back_url=back)

    def drop_remedy_view(
        self, request: HttpRequest, pk: int, remedy_pk: int
    ) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        appeal, viewer = self._to_draft(request, pk)
        remedy = appeal.complaint.remedies.filter(pk=remedy_pk).first()
        if remedy is None:
            raise Http404
        done = _("The remedy is taken out of the draft.")
        self.act(
            request,
            appeal,
            viewer,
            lambda: drop_new_remedy(appeal=appeal, remedy=remedy, actor=viewer),
            done,
        )
        return HttpResponseRedirect(reverse(DRAFT, args=(pk,)) + "#remedies")

    # Proposal and sign-offs -----------------------------------------------------------

    def propose_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        done = _("The new decision is proposed; those who must sign it are let in.")
        return self._press(request, pk, propose_new_decision, done)

    def sign_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        appeal, _viewer = self.seen(request, pk)
        if request.method == "POST" and proposes_money(appeal.complaint):
            sudo.require(request)
        done = _("Your name stands under the new decision.")
        seen = request.POST.get("seen", "")
        return self._press(request, pk, partial(sign_new_decision, seen=seen), done)

    def _press(
        self, request: HttpRequest, pk: int, service: Callable[..., object], done: Any
    ) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        appeal, viewer = self.seen(request, pk)
        return self.act(
            request,
            appeal,
            viewer,
            lambda: service(appeal=appeal, actor=viewer),
            done,
            "new",
        )

    def return_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Back to the reviewer, with a word on what is to change."""
        appeal, viewer = self.seen(request, pk)
        form = CommentForm(request.POST or None)

        def do() -> object:
            comment = form.cleaned_data["comment"]
            return return_new_decision(appeal=appeal, comment=comment, actor=viewer)

        if request.method == "POST" and form.is_valid() and tried(form, do):
            messages.success(request, str(_("The proposal is a draft again.")))
            return self.to_page(appeal, viewer, "new")
        title, button = _("Return the new decision"), _("Return it")
        return self.ask(request, appeal, form, title, button)


class StaleDraft(Exception):
    """The draft moved since the page was read."""


@transaction.atomic
def _write(appeal: Appeal, viewer: Viewer, forms: DraftForms) -> None:
    """Keep the whole page, or nothing."""
    ledger.lock(appeal.stream)
    if forms.words.cleaned_data["seen"] != fingerprint(draft_in_hand(appeal)):
        raise StaleDraft
    write_new_decision(
        appeal=appeal,
        actor=viewer,
        fields=forms.words.fields_of_draft(),
        findings=[f for each in forms.findings if (f := each.finding()) is not None],
        shares=forms.shares.shares(),
    )
