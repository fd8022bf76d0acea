"""Canned replies of the chat desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from complaints.admin.scoped import Base, viewer_for
from complaints.channels.chat.models import CannedReply, leads_chats


@admin.register(CannedReply)
class CannedReplyAdmin(Base):
    """Written by the lead of those who answer chats."""

    list_display = ("title", "code", "language", "active")
    list_filter = ("language", "active")
    actions = None

    def _leads(self, request: HttpRequest) -> bool:
        user = request.user
        staff = user.is_authenticated and user.is_active and user.is_staff
        return bool(staff and leads_chats(viewer_for(request)))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._leads(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._leads(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._leads(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._leads(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._leads(request)
