"""Reply templates: those of a team are its leads', those of all teams the head's."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from complaints.admin.scoped import Base, viewer_for
from complaints.models import ReplyTemplate
from complaints.permissions import Viewer
from complaints.reply_variables import VARIABLES
from teams.models import Team
from teams.roles import Perm

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[ReplyTemplate]
else:
    ModelForm = forms.ModelForm


def variables_hint() -> str:
    """The variables with what each says, for the field of the text."""
    parts = [f"{{{name}}} {words}" for name, words in VARIABLES.items()]
    return " · ".join(parts)


class ReplyTemplateForm(ModelForm):
    """Refuses variables that nobody knows and teams that are not the writer's."""

    viewer: Viewer

    class Meta:
        model = ReplyTemplate
        fields = ("team", "language", "title", "text", "position", "active")
        widgets = {"text": forms.Textarea(attrs={"rows": 10})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team: Any = self.fields["team"]
        team.queryset = led(self.viewer)
        team.required = not heads(self.viewer)
        if team.required:
            team.help_text = ""
        self.fields["text"].help_text = variables_hint()


def heads(viewer: Viewer) -> bool:
    return viewer.holds(Perm.HEAD)


def led(viewer: Viewer) -> QuerySet[Team]:
    """The teams whose templates this viewer writes."""
    if heads(viewer):
        return Team.objects.all()
    return Team.objects.filter(pk__in=viewer.grants.get(Perm.LEAD, frozenset()))


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(Base):
    list_display = ("title", "team", "language", "position", "active")
    list_filter = ("language", "active")
    list_select_related = ("team",)
    actions = None

    def _writes(self, request: HttpRequest) -> bool:
        user = request.user
        staff = user.is_authenticated and user.is_active and user.is_staff
        if not staff:
            return False
        viewer = viewer_for(request)
        return heads(viewer) or viewer.holds(Perm.LEAD)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReplyTemplate]:
        rows = ReplyTemplate.objects.order_by("position", "title", "pk")
        viewer = viewer_for(request)
        return rows if heads(viewer) else rows.filter(team__in=led(viewer))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        viewer = viewer_for(request)
        return type("Form", (ReplyTemplateForm,), {"viewer": viewer})

    def _may(self, request: HttpRequest, obj: Any) -> bool:
        if obj is None or not self._writes(request):
            return self._writes(request)
        return self.get_queryset(request).filter(pk=obj.pk).exists()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._writes(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._writes(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)
