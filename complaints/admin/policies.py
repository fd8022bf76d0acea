"""Policy passages: written by the head of complaints, legal and compliance."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from complaints.admin.scoped import Base, viewer_for
from complaints.models import PolicySnippet
from teams.roles import Perm

WRITERS = (Perm.HEAD, Perm.SIGN_LEGAL, Perm.SIGN_COMPLIANCE)


@admin.register(PolicySnippet)
class PolicySnippetAdmin(Base):
    list_display = ("title", "rule", "category", "language", "position", "active")
    list_filter = ("language", "active")
    list_select_related = ("category",)
    fields = ("language", "category", "title", "rule", "text", "position", "active")
    actions = None

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["widgets"] = {"text": forms.Textarea(attrs={"rows": 8})}
        return super().get_form(request, obj, change=change, **kwargs)

    def _writes(self, request: HttpRequest) -> bool:
        user = request.user
        if not (user.is_authenticated and user.is_active and user.is_staff):
            return False
        viewer = viewer_for(request)
        return any(viewer.holds(codename) for codename in WRITERS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._writes(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._writes(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._writes(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._writes(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._writes(request)
