"""Messages held for a person: read safely, then accepted, attached or dropped."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from complaints.admin.scoped import TeamScopedAdmin, viewer_for
from complaints.models import RawMessage
from complaints.states import Intake
from teams.roles import Perm


@admin.register(RawMessage)
class RawMessageAdmin(TeamScopedAdmin):
    """The hold queue; only for those who triage."""

    list_display = ("sender", "subject", "provider", "received_at", "reason")
    list_per_page = 50
    ordering = ("received_at", "pk")

    def has_module_permission(self, request: HttpRequest) -> bool:
        triages = viewer_for(request).holds(Perm.TRIAGE)
        return triages and super().has_module_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        if not viewer_for(request).holds(Perm.TRIAGE):
            return RawMessage.objects.none()
        return RawMessage.objects.filter(outcome=Intake.HELD).defer("raw")
