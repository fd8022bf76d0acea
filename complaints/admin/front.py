"""What every page of the staff's door begins with: where it opens, and its rail."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from complaints.admin.rail import rail_groups
from complaints.admin.scoped import viewer_for

Index = Callable[..., Any]
Context = Callable[[HttpRequest], dict[str, Any]]


def front(index: Index) -> Index:
    """``index`` is for who configures the desk; everybody else comes to their work."""

    def first(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if getattr(request.user, "is_superuser", False):
            return index(request, *args, **kwargs)
        return HttpResponseRedirect(reverse("admin:complaints_complaint_changelist"))

    return first


def with_rail(site: Any) -> Any:
    """The context of ``site``; who works on cases has the rail of the desk beside each
    list and form, who configures has Django's list of models."""
    plain: Context = site.each_context

    def context(request: HttpRequest) -> dict[str, Any]:
        found = plain(request)
        user: Any = request.user
        if user.is_active and user.is_staff and not user.is_superuser:
            found["rail_groups"] = rail_groups(viewer_for(request), site, request)
        return found

    return context
