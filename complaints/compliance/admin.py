"""The head's door to the figures: sign a month off, or restate it with a reason.

The dashboards themselves take nothing but GET; this is where the head acts.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from complaints.compliance.models import Snapshot
from complaints.compliance.rollup import compare, freeze
from complaints.errors import RecourseError
from complaints.permissions import viewer_of_request

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Snapshot]
else:
    Base = admin.ModelAdmin


def is_head(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.is_active and user.is_staff) and freeze.may_sign(
        viewer_of_request(request)
    )


@admin.register(Snapshot)
class SnapshotAdmin(Base):
    """Read only but for the two acts below, and for the head alone."""

    list_display = ("month", "version", "made_at", "rows", "signed_at", "signed_by")
    list_select_related = ("signed_by",)
    list_display_links = None
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_head(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_head(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        """The list and the two acts; there is no page of a single version."""
        wrap = self.admin_site.admin_view
        return [
            path(
                "",
                wrap(self.changelist_view),
                name="compliance_snapshot_changelist",
            ),
            path(
                "<int:pk>/sign/",
                wrap(require_POST(self.sign)),
                name="compliance_snapshot_sign",
            ),
            path(
                "<int:pk>/restate/",
                wrap(require_POST(self.restate)),
                name="compliance_snapshot_restate",
            ),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        """Every version with what may be done about it, newest month first."""
        if not is_head(request):
            raise PermissionDenied
        versions = list(Snapshot.objects.select_related("signed_by")[:36])
        newest: dict[Any, int] = {}
        for row in versions:
            newest[row.month] = max(newest.get(row.month, 0), row.version)
        lines = [
            {
                "row": row,
                "newest": row.version == newest[row.month],
                "changes": compare.differences(row) if row.signed_at else [],
            }
            for row in versions
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Figures of months"),
            "lines": lines,
        }
        return TemplateResponse(request, "admin/compliance/months.html", context)

    def sign(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(Snapshot, pk=pk)
        return self._act(
            request,
            lambda: freeze.sign(snapshot=row, actor=viewer_of_request(request)),
            _("Signed off. The dashboards show these figures from now on."),
        )

    def restate(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(Snapshot, pk=pk)
        reason = str(request.POST.get("reason", ""))
        return self._act(
            request,
            lambda: freeze.restate(
                month=row.month,
                reason=reason,
                actor=viewer_of_request(request),
            ),
            _("Frozen as a new version. It counts when you sign it off."),
        )

    def _act(self, request: HttpRequest, act: Any, done: Any) -> HttpResponse:
        if not is_head(request):
            raise PermissionDenied
        try:
            act()
        except RecourseError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, done)
        return HttpResponseRedirect(reverse("admin:compliance_snapshot_changelist"))
