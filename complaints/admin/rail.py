"""The left rail of pages that are no list: supervision first, then all other lists."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.admin.desk_lists import other_lists
from complaints.admin.scoped import desk_context, viewer_for
from complaints.permissions import Viewer
from complaints.services.access_review import may_review
from complaints.services.privacy.requests import may_keep
from complaints.services.privacy.retention import holds_any
from teams.roles import Perm

PREFIX = "admin:complaints_complaint_"


def supervision(viewer: Viewer, current: str = "") -> list[dict[str, Any]]:
    """The pages of those who lead or head; none for everybody else. No query."""
    leads = viewer.holds(Perm.LEAD) or viewer.holds(Perm.HEAD)
    views = [("board", _("The team at a glance"))] if leads else []
    if holds_any(viewer):
        views += [("holds", _("Legal holds"))]
    if may_keep(viewer):
        views += [("persons", _("Requests of persons"))]
    if may_review(viewer):
        views += [("access", _("Who can see what")), ("dry_run", _("Routing rules"))]
    lines = [
        {"url": reverse(PREFIX + name), "name": words, "current": name == current}
        for name, words in views
    ]
    if leads or viewer.holds(Perm.VIEW_REGISTER):
        url = reverse("admin:complaints_improvementaction_causes")
        name = _("Why complaints come about")
        lines.append({"url": url, "name": name, "current": current == "causes"})
    if viewer.holds(Perm.VIEW_REGISTER):
        url = reverse("compliance:fairness")
        lines.append({"url": url, "name": _("Fairness watch"), "current": False})
    return [{"title": _("Supervision"), "views": lines}] if lines else []


def to_do(current: str = "") -> dict[str, Any]:
    """What is given to a person beside their cases. No query."""
    views = [("tasks", _("My tasks")), ("quality", _("Quality of handling"))]
    lines = [
        {"url": reverse(PREFIX + name), "name": words, "current": name == current}
        for name, words in views
    ]
    return {"title": _("Tasks"), "views": lines}


def framed(site: Any, request: HttpRequest) -> dict[str, Any]:
    """What a page of one case or of one form stands in: the same rail as the board."""
    groups = rail_groups(viewer_for(request), site, request)
    return {**desk_context(site, request), "rail_groups": groups}


def rail_groups(
    viewer: Viewer, site: Any, request: HttpRequest, current: str = ""
) -> list[dict[str, Any]]:
    """The queue, supervision, and the other lists this person may open."""
    queue = {"url": reverse(PREFIX + "changelist"), "name": _("Queue")}
    work = {"title": _("Work"), "views": [queue]}
    groups = [work, to_do(current), *supervision(viewer, current)]
    is_here = any(view.get("current") for group in groups for view in group["views"])
    for title, lists in other_lists(site, request):
        views = [
            {
                "url": url,
                "name": name,
                "current": request.path == url,
                "inside": not is_here and request.path.startswith(url),
            }
            for name, url in lists
        ]
        groups.append({"title": title, "views": views})
    return groups
