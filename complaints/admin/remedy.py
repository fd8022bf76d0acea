"""Remedies: a list for executors, and the pages that move one."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.admin.moves import CASE, TransitionAdminMixin
from complaints.admin.scoped import TeamScopedAdmin
from complaints.admin.take_back import TakeBackPages
from complaints.models import Remedy
from complaints.selectors.orders import order_lines
from complaints.states import SETTLED_REMEDY_STATES, Step
from complaints.templatetags.look import amount

NO_BREAK = "\N{NO-BREAK SPACE}"


@admin.register(Remedy)
class RemedyAdmin(TakeBackPages, TransitionAdminMixin, TeamScopedAdmin):
    """What executors look through; everything else about a remedy is on its case."""

    PAGES: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("<int:pk>/take-back/", "take_back_view", "take_back"),
        ("<int:pk>/take-back/answer/", "answer_view", "take_back_answer"),
    )

    list_display = ("case", "kind", "what", "money", "state", "order", "due")
    list_filter = ("state", "kind")
    list_per_page = 50
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("complaint", "decision")
        people = ("instructions__ordered_by", "instructions__answered_by")
        return rows.prefetch_related("complaint__clocks", *people)

    @admin.display(description=_("Case"), ordering="complaint__reference")
    def case(self, remedy: Remedy) -> str:
        return str(remedy.complaint.reference)

    @admin.display(description=_("What"))
    def what(self, remedy: Remedy) -> str:
        return remedy.description[:80]

    @admin.display(description=_("Amount"))
    def money(self, remedy: Remedy) -> str:
        if remedy.amount is None:
            return ""
        return f"{amount(remedy.amount)}{NO_BREAK}{remedy.asset}"

    @admin.display(description=_("How it goes"))
    def order(self, remedy: Remedy) -> str:
        """The last word on its order; empty where a person carries it out."""
        lines = order_lines(remedy)
        if lines:
            return lines[-1].sentence
        return str(_("Only if the customer accepts")) if remedy.on_acceptance else ""

    @admin.display(description=_("To be done by"))
    def due(self, remedy: Remedy) -> Any:
        """While something is left to do in its case; see the clocks there."""
        clocks = remedy.complaint.running_clocks(Step.EXECUTE_REMEDY)
        waits = remedy.state not in SETTLED_REMEDY_STATES
        return clocks[0].due_at if clocks and waits else None

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A remedy has no page of its own: it is shown on its case."""
        remedy = self.visible_or_404(request, object_id)
        address = reverse(CASE, args=(remedy.complaint_id,))
        return HttpResponseRedirect(f"{address}#remedies")
