"""The desk's pages of a panel of three: call it, vote, step back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from appeals import panel
from appeals.admin.forms import ReasonForm, VoteForm
from appeals.admin.work import WorkPages, tried
from appeals.models import Appeal
from appeals.services.panel import OPEN, call_panel, step_back, vote
from appeals.services.reviewers import may_choose
from complaints.permissions import Viewer
from complaints.states import AppealState


def panel_context(appeal: Appeal, viewer: Viewer) -> dict[str, Any]:
    """What the page of an appeal shows of its panel.

    A member who has not voted does not see how the other did.
    """
    rows = panel.members(appeal) if panel.is_panel(appeal) else []
    own = next((row for row in rows if row.user_id == viewer.user.pk), None)
    present = panel.ruling_hash(appeal) if rows else ""
    hidden = own is not None and not panel.has_voted(own, present)
    reviews = appeal.reviewer_id == viewer.user.pk
    return {
        "seats": [
            {"row": row, "voted": panel.has_voted(row, present), "hidden": hidden}
            for row in rows
        ],
        "may_call": appeal.state in OPEN
        and not panel.is_panel(appeal)
        and (reviews or may_choose(viewer)),
        "may_vote": own is not None
        and appeal.state == AppealState.REVIEWING
        and panel.is_ready(appeal),
        "may_step_back": own is not None and appeal.state in OPEN,
    }


class PanelPages(WorkPages):
    """Views of ``AppealAdmin``."""

    def panel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        appeal, viewer = self.seen(request, pk)
        if not panel_context(appeal, viewer)["may_call"]:
            raise PermissionDenied
        form = ReasonForm(request.POST or None)

        def do() -> object:
            reason = form.cleaned_data["comment"]
            return call_panel(appeal=appeal, reason=reason, actor=viewer)

        done = _("A panel of three hears it now.")
        title, button = _("Call a panel of three"), _("Call it")
        return self._asked(request, appeal, viewer, form, do, (title, button, done))

    def vote_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        appeal, viewer = self.seen(request, pk)
        if not panel_context(appeal, viewer)["may_vote"]:
            raise PermissionDenied
        form = VoteForm(request.POST or None, present=panel.ruling_hash(appeal))

        def do() -> object:
            return vote(appeal=appeal, actor=viewer, **form.cleaned_data)

        words = (_("Vote on the ruling"), _("Vote"), _("Your vote is on the ledger."))
        more = {"ruling": True, "grounds": list(appeal.grounds.order_by("number"))}
        return self._asked(request, appeal, viewer, form, do, words, **more)

    def step_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        appeal, viewer = self.seen(request, pk)
        if not panel_context(appeal, viewer)["may_step_back"]:
            raise PermissionDenied
        form = ReasonForm(request.POST or None)

        def do() -> object:
            reason = form.cleaned_data["comment"]
            return step_back(appeal=appeal, reason=reason, actor=viewer)

        title, button = _("Leave the panel"), _("Leave it")
        done = _("You have left the panel.")
        return self._asked(request, appeal, viewer, form, do, (title, button, done))

    def _asked(
        self,
        request: HttpRequest,
        appeal: Appeal,
        viewer: Viewer,
        form: Any,
        do: Callable[[], object],
        words: tuple[Any, Any, Any],
        **more: Any,
    ) -> HttpResponse:
        title, button, done = words
        if request.method == "POST" and form.is_valid() and tried(form, do):
            messages.success(request, str(done))
            return self.to_page(appeal, viewer, "panel")
        return self.ask(request, appeal, form, title, button, **more)
