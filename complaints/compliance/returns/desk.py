"""What both admin pages of the returns stand on: readers look, services do the rest."""

from typing import Any, ClassVar

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse

from complaints.compliance.returns.models import READERS
from complaints.permissions import Viewer, as_staff, viewer_of_request


def viewer_for(request: HttpRequest) -> Viewer:
    return as_staff(viewer_of_request(request))


class ReadOnly:
    """Readers look; what is added goes through ``orders``, and nothing is deleted."""

    actions: ClassVar[Any] = None
    list_filter: ClassVar[Any] = ()

    def has_module_permission(self, request: HttpRequest) -> bool:
        user = request.user
        staff = user.is_authenticated and user.is_active and user.is_staff
        return bool(staff and any(map(viewer_for(request).holds, READERS)))

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        raise Http404

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        """Only declared filters: any other key would ask about hidden columns."""
        return lookup.removesuffix("__exact") in self.list_filter
