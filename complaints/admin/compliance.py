"""What compliance looks at again: a list; the review itself is on the case."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from complaints.admin.moves import CASE
from complaints.admin.scoped import TeamScopedAdmin, viewer_for
from complaints.models import ComplianceCheck
from teams.roles import Perm

READERS = (Perm.SIGN_COMPLIANCE, Perm.VIEW_REGISTER)


@admin.register(ComplianceCheck)
class ComplianceCheckAdmin(TeamScopedAdmin):
    """Open ones first, the first due of them first."""

    list_display = ("case", "why", "drawn_at", "due", "violations", "done_by")
    list_filter = ("why",)
    list_per_page = 50
    ordering = (F("done_at").desc(nulls_first=True), "due_on", "pk")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("complaint", "done_by")
        return rows.prefetch_related("complaint__compliance_notes")

    def has_module_permission(self, request: HttpRequest) -> bool:
        staff = super().has_module_permission(request)
        return staff and any(viewer_for(request).holds(code) for code in READERS)

    @admin.display(description=_("Case"))
    def case(self, check: ComplianceCheck) -> str:
        return str(check.complaint.reference)

    @admin.display(description=_("Due"))
    def due(self, check: ComplianceCheck) -> Any:
        late = check.done_at is None and check.due_on < timezone.localdate()
        words = _("%(day)s, overdue") if late else "%(day)s"
        return words % {"day": date_format(check.due_on, "DATE_FORMAT")}

    @admin.display(description=_("Potential violations"))
    def violations(self, check: ComplianceCheck) -> int:
        return sum(note.violation for note in check.complaint.compliance_notes.all())

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A review has no page of its own: it stands on its case."""
        check = self.visible_or_404(request, object_id)
        address = reverse(CASE, args=(check.complaint_id,))
        return HttpResponseRedirect(f"{address}#compliance")
