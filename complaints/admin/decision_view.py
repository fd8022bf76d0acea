"""The page on which a decision is drafted. Every write is a call of ``decide``."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints import ledger
from complaints.admin.decision_forms import DraftForms, RemedyForm, fingerprint
from complaints.admin.draft_side import (
    Side,
    put_in,
    side_of,
    side_of_typed,
    unasked,
)
from complaints.admin.moves import CASE, back_to, explain, words_of
from complaints.admin.rail import framed
from complaints.admin.scoped import viewer_for
from complaints.errors import RecourseError, Stale
from complaints.models import Complaint, Decision
from complaints.permissions import Viewer, is_handler
from complaints.selectors.policies import snippets_for
from complaints.services import decide
from complaints.states import DecisionStatus, State
from complaints.worded import Worded
from complaints.workflow import perform

DRAFT = "admin:complaints_complaint_draft"
REMEDY = "admin:complaints_complaint_draft_remedy"
OPEN_STATUSES = (DecisionStatus.DRAFT, DecisionStatus.RETURNED)
PUT_IN = "put-in-"
DROP = "drop-"
"""Button of a finding that copies a passage of our rules into it."""

NOTHING_CHANGED: tuple[str, ...] = ()


def newest_decision(case: Complaint) -> Decision | None:
    """The newest of the first stage; what an appeal drafts is its reviewer's."""
    ours = [
        decision
        for decision in case.decisions.all()
        if not (decision.on_appeal and decision.status == DecisionStatus.DRAFT)
    ]
    return max(ours, key=lambda decision: decision.number, default=None)


def in_hand(case: Complaint) -> Decision | None:
    """The draft that is being written, or the returned one it starts from."""
    newest = newest_decision(case)
    return newest if newest and newest.status in OPEN_STATUSES else None


def may_draft(case: Complaint, viewer: Viewer) -> bool:
    return case.state == State.INVESTIGATING and is_handler(case, viewer)


SIMILAR_SHOWN = 6


def similar_decisions(case: Complaint, viewer: Viewer) -> "QuerySet[Decision]":
    """Issued decisions on the same topic, newest first, that ``viewer`` may read."""
    return _similar_by_key(viewer, case.pk, case.category_id)


def _similar_by_key(
    viewer: Viewer, case: int, category: int | None
) -> "QuerySet[Decision]":
    seen = Complaint.objects.visible_to(viewer).filter(category=category)
    rows = Decision.objects.filter(
        complaint__in=seen.exclude(pk=case), status=DecisionStatus.ISSUED
    )
    return (
        rows.select_related("complaint")
        .prefetch_related("shares")
        .order_by("-issued_at")[:SIMILAR_SHOWN]
    )


_SIMILAR = Worded(_similar_by_key)


def similar_here(case: Complaint, viewer: Viewer) -> list[Decision]:
    """The rows of ``similar_decisions``."""
    return _SIMILAR.rows(viewer, case=case.pk, category=case.category_id)


class DraftPages:
    """Views of ``ComplaintAdmin``; ``site`` is the admin site they belong to."""

    admin_site: Any

    def _case_to_draft(self, request: HttpRequest, pk: int) -> tuple[Complaint, Viewer]:
        viewer = viewer_for(request)
        case = Complaint.objects.visible_to(viewer).filter(pk=pk).first()
        if case is None:
            raise Http404
        if not may_draft(case, viewer):
            raise PermissionDenied
        return case, viewer

    def draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        case, viewer = self._case_to_draft(request, pk)
        if request.method == "POST":
            return self._save(request, case, viewer)
        draft = in_hand(case)
        side = side_of(case, viewer, draft)
        forms = DraftForms(case, draft, policies=snippets_for(case))
        return self._draft_page(request, case, forms, side=side)

    def _save(
        self, request: HttpRequest, case: Complaint, viewer: Viewer
    ) -> HttpResponse:
        """Keep the page; ``do`` may ask to look at its letter, or to propose it."""
        policies = snippets_for(case)
        forms = DraftForms(case, in_hand(case), request.POST, policies=policies)
        do = request.POST.get("do", "")
        if do.startswith(PUT_IN):
            return self._put_in(request, case, viewer, do.removeprefix(PUT_IN))
        if not forms.are_valid():
            return self._draft_page(request, case, forms, status=422)
        try:
            if do == "look":
                side = side_of_typed(
                    case, viewer, lambda: write(case, viewer, forms), in_hand
                )
                return self._draft_page(request, case, forms, side=side)
            write(case, viewer, forms)
        except Stale:
            return self._stale(request, case, forms)
        except RecourseError as error:
            explain(forms.words, error)
            return self._draft_page(request, case, forms, status=error.status)
        return self._kept(request, case, viewer, do)

    def _kept(
        self, request: HttpRequest, case: Complaint, viewer: Viewer, do: str
    ) -> HttpResponse:
        """What was asked for besides keeping it: nothing typed is lost on the way."""
        if do == "propose":
            return self._propose(request, case, viewer)
        if do.startswith(DROP):
            return self._drop(request, case, viewer, do.removeprefix(DROP))
        messages.success(request, _("The draft is kept."))
        page = REMEDY if do == "remedy" else DRAFT
        return HttpResponseRedirect(reverse(page, args=(case.pk,)))

    def _put_in(
        self, request: HttpRequest, case: Complaint, viewer: Viewer, point: str
    ) -> HttpResponse:
        """A passage of our rules goes into one finding; nothing is kept so far."""
        draft, post = in_hand(case), request.POST.copy()
        forms = DraftForms(case, draft, post, policies=snippets_for(case))
        for form in forms.findings:
            if str(form.point.number) == point:
                put_in(form, post)
        for each in forms.all():
            unasked(each, post)
        side = side_of(case, viewer, draft)
        return self._draft_page(request, case, forms, side=side)

    def _propose(
        self, request: HttpRequest, case: Complaint, viewer: Viewer
    ) -> HttpResponse:
        """The kept draft goes to its signers, or the page says what keeps it."""
        try:
            perform(case, "propose_decision", actor=viewer)
        except RecourseError as error:
            words = " ".join(words_of(error))
            messages.warning(
                request, _("The draft is kept, and not proposed: ") + words
            )
            return HttpResponseRedirect(reverse(DRAFT, args=(case.pk,)) + "#missing")
        messages.success(request, _("The decision is proposed."))
        return HttpResponseRedirect(back_to(case, viewer, "decision"))

    def _stale(
        self, request: HttpRequest, case: Complaint, forms: DraftForms
    ) -> HttpResponse:
        """Both texts on one page; the typed one can still be saved over the other."""
        current = in_hand(case)
        post = request.POST.copy()
        post["seen"] = fingerprint(current)
        again = DraftForms(case, current, post, policies=snippets_for(case))
        again.are_valid()
        return self._draft_page(
            request, case, again, status=409, theirs=_both(case, current, forms)
        )

    def _draft_page(
        self,
        request: HttpRequest,
        case: Complaint,
        forms: DraftForms,
        status: int = 200,
        theirs: Any = NOTHING_CHANGED,
        side: Side | None = None,
    ) -> HttpResponse:
        draft = in_hand(case)
        viewer = viewer_for(request)
        similar = similar_decisions(case, viewer).prefetch_related("remedies")
        context = {
            **framed(self.admin_site, request),
            "title": _("Draft of the decision"),
            "subtitle": case.reference,
            "case": case,
            "draft": draft,
            "forms": forms,
            "form": forms.words,
            "theirs": theirs,
            "remedies": draft.live_remedies() if draft else [],
            "similar": list(similar),
            "side": side or side_of(case, viewer, draft),
            "back_url": reverse(CASE, args=(case.pk,)) + "#decision",
        }
        template = "admin/complaints/draft.html"
        return TemplateResponse(request, template, context, status=status)

    def remedy_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put one remedy into the draft."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        case, viewer = self._case_to_draft(request, pk)
        form = RemedyForm(request.POST or None, initial={"asset": case.asset})
        if request.method == "POST" and form.is_valid():
            try:
                decide.add_remedy(complaint=case, remedy=form.remedy(), actor=viewer)
            except RecourseError as error:
                explain(form, error)
            else:
                messages.success(request, _("The remedy is in the draft."))
                return HttpResponseRedirect(
                    reverse(DRAFT, args=(case.pk,)) + "#remedies"
                )
        context = {
            **framed(self.admin_site, request),
            "title": _("Propose a remedy"),
            "subtitle": case.reference,
            "case": case,
            "form": form,
            "button": _("Put it into the draft"),
            "back_url": reverse(DRAFT, args=(case.pk,)),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/complaints/form.html", context, status=status
        )

    def _drop(
        self, request: HttpRequest, case: Complaint, viewer: Viewer, number: str
    ) -> HttpResponse:
        """Take one remedy out of the draft, which is kept by now."""
        if not number.isdecimal() or len(number) > 18:
            raise Http404
        remedy = get_object_or_404(case.remedies, pk=number)
        try:
            decide.remove_remedy(remedy=remedy, actor=viewer)
        except RecourseError as error:
            messages.error(request, str(error.words))
        else:
            messages.success(request, _("The remedy is taken out of the draft."))
        return HttpResponseRedirect(reverse(DRAFT, args=(case.pk,)) + "#remedies")


@transaction.atomic
def write(case: Complaint, viewer: Viewer, forms: DraftForms) -> None:
    """Keep the whole page, or nothing. Raises ``Stale`` when the draft has moved."""
    ledger.lock(case.stream)
    if forms.words.cleaned_data["seen"] != fingerprint(in_hand(case)):
        raise Stale
    fields = forms.words.fields_of_draft()
    decide.write_draft(complaint=case, actor=viewer, **fields)
    looked_at = similar_decisions(case, viewer) if fields["precedents_seen"] else ()
    decide.keep_precedents(complaint=case, decisions=looked_at, actor=viewer)
    for form in forms.findings:
        finding = form.finding()
        if finding is not None:
            decide.set_finding(complaint=case, finding=finding, actor=viewer)
    decide.set_shares(complaint=case, shares=forms.shares.shares(), actor=viewer)


def _both(
    case: Complaint, current: Decision | None, forms: DraftForms
) -> list[tuple[Any, Any, Any]]:
    """(what it is, as it is kept now, as it was typed here) wherever they differ."""
    kept = DraftForms(case, current, policies=snippets_for(case))
    rows = []
    for mine, theirs in zip(forms.all(), kept.all(), strict=True):
        for name, field in mine.fields.items():
            was, now = theirs.initial.get(name), mine.cleaned_data.get(name)
            if name not in ("seen", "policy") and _shown(was) != _shown(now):
                title = f"{mine.point.number}. " if hasattr(mine, "point") else ""
                rows.append((f"{title}{field.label}", _shown(was), _shown(now)))
    return rows


def _shown(value: Any) -> str:
    if value in (None, "", False, 0):
        return ""
    if value is True:
        return str(_("yes"))
    if isinstance(value, str | int):
        return str(value)
    return ", ".join(sorted(str(getattr(item, "pk", item)) for item in value))
