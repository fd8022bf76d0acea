"""Cases that are kept for a dispute: the list of the head and of legal.

Set and lifted on the case itself (``acts``).
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from complaints.admin.rail import rail_groups
from complaints.admin.scoped import viewer_for
from complaints.services.privacy import retention

SHOWN = 200


class HoldPage:
    """A view of ``ComplaintAdmin``; it changes nothing."""

    admin_site: Any

    def holds_view(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        if not retention.holds_any(viewer):
            raise PermissionDenied
        rows = list(retention.holds_of(viewer)[: SHOWN + 1])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Legal holds"),
            "rail_groups": rail_groups(viewer, self.admin_site, request, "holds"),
            "holds": rows[:SHOWN],
            "more": len(rows) > SHOWN,
        }
        return TemplateResponse(request, "admin/complaints/holds.html", context)
