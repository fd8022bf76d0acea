"""Routing rules tried on past cases, for superusers and the head; changes nothing."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.admin.keys import keys_of
from complaints.admin.rail import rail_groups
from complaints.admin.scoped import viewer_for
from complaints.selectors.dry_run import Tried, dry_run
from complaints.services.access_review import may_review

DRY_RUN = "admin:complaints_complaint_dry_run"
MOST_SWITCHED = 50


class DryRunPage:
    """A view of ``ComplaintAdmin``."""

    admin_site: Any

    def dry_run_view(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        if not may_review(viewer):
            raise PermissionDenied
        switched = _switched(request)
        found = dry_run(switched)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Routing rules, tried on past cases"),
            "rail_groups": rail_groups(viewer, self.admin_site, request, "dry_run"),
            "found": found,
            "lines": [(one, _switch_url(one, switched)) for one in found.tried],
            "switched": switched,
            "plain_url": reverse(DRY_RUN),
        }
        return TemplateResponse(request, "admin/complaints/dry_run.html", context)


def _switched(request: HttpRequest) -> set[int]:
    return set(keys_of(request.GET.getlist("switch")[:MOST_SWITCHED]))


def _switch_url(one: Tried, switched: set[int]) -> str:
    """The same page with this rule the other way round; "" where there is no rule."""
    if one.rule is None:
        return ""
    keys = sorted(switched ^ {one.rule.pk})
    return reverse(DRY_RUN, query={"switch": [str(key) for key in keys]})
