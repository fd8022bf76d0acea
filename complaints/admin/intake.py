"""Messages held for a person: read safely, then accepted, attached or dropped."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from complaints.admin.scoped import TeamScopedAdmin, viewer_for
from complaints.models import Complaint, RawMessage
from complaints.states import Intake
from teams.roles import Perm


@admin.register(RawMessage)
class RawMessageAdmin(TeamScopedAdmin):
    """The hold queue of those who triage, and what belongs to visible cases."""

    list_display = ("sender", "subject", "provider", "received_at", "reason")
    list_per_page = 50
    ordering = ("received_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        viewer = viewer_for(request)
        held = Q(outcome=Intake.HELD)
        if not viewer.holds(Perm.TRIAGE):
            held &= Q(complaint__in=Complaint.objects.visible_to(viewer))
        return RawMessage.objects.filter(held).defer("raw")
