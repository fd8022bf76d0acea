"""What every page of the staff's door stands on: rows the viewer may see, no editing.

Django's model permissions count for nothing here. Who sees a row is what
``visible_to`` says; what can be done to it is what the services allow.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
)
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from complaints.permissions import Viewer, as_staff, viewer_of_request

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


def viewer_for(request: HttpRequest) -> Viewer:
    """The viewer behind a request: read once, and only for this request.

    Whoever is a customer as well is none here: a complaint of their own is at the
    customer's door and nowhere else.
    """
    viewer: Viewer | None = getattr(request, "viewer_at_work", None)
    if viewer is None:
        viewer = as_staff(viewer_of_request(request))
        request.viewer_at_work = viewer  # type: ignore[attr-defined]
    return viewer


def desk_context(site: Any, request: HttpRequest) -> dict[str, Any]:
    """What ``each_context`` gives, without the list of all models: for pages whose
    left side is their own."""
    return {
        "site_title": site.site_title,
        "site_header": site.site_header,
        "has_permission": site.has_permission(request),
        "is_popup": False,
    }


class TeamScopedAdmin(Base):
    """Reads through ``visible_to``; nothing is added, edited or deleted by Django.

    No actions, no history page (it would show rows after they left one's sight), no
    search or filter unless a page of ours builds it from visible rows.
    """

    PAGES: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    """Own pages: route, name of the view, name of the address after the model's."""

    empty_value_display = SafeString('<span class="none">–</span>')
    actions = None
    search_fields: ClassVar[Any] = ()
    list_filter: ClassVar[Any] = ()
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        meta = self.model._meta
        own = [
            path(
                route,
                self.admin_site.admin_view(getattr(self, view)),
                name=f"{meta.app_label}_{meta.model_name}_{name}",
            )
            for route, view, name in self.PAGES
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.visible_to(viewer_for(request))
        return rows

    def visible_or_404(self, request: HttpRequest, object_id: str) -> Any:
        """The row of that key if the viewer sees it; one answer for all the others."""
        key = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        row = self.get_queryset(request).filter(pk=key).first()
        if row is None:
            raise Http404
        return row

    def has_module_permission(self, request: HttpRequest) -> bool:
        user = request.user
        staff = user.is_authenticated and user.is_active and user.is_staff
        return bool(staff and viewer_for(request).is_staff)

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        if obj is None:
            return self.has_module_permission(request)
        return self.get_queryset(request).filter(pk=obj.pk).exists()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        """Only declared filters: any other key could be asked about hidden columns."""
        return lookup.removesuffix("__exact") in self.list_filter

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django would say of a hidden row that it does not exist, on a page of 200."""
        self.visible_or_404(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        return super().change_view(request, object_id, form_url, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        raise Http404
