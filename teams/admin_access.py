"""Who holds what, until when, and what they were trained for: pages of superusers."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from teams.access import give_template
from teams.access_forms import GiveTemplateForm
from teams.admin_base import Base, Inline, SuperuserOnly
from teams.models import Competence, Membership, RoleTemplate, TemplateRole
from teams.services import add_member, remove_member


@admin.register(Membership)
class MembershipAdmin(SuperuserOnly, Base):
    """Adding and removing go through the services, which move the grants along."""

    list_display = ("user", "team", "role", "approval_limit", "since", "until")
    list_filter = ("team", "role")
    list_select_related = ("user", "team")
    search_fields = ("user__username", "user__email")
    autocomplete_fields = ("user",)
    fields = ("user", "team", "role", "approval_limit", "until")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Membership | None = None
    ) -> tuple[str, ...]:
        """Another role is another membership; only limit and end of one may change."""
        return ("user", "team", "role") if obj else ()

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return self.has_module_permission(request)

    def save_model(
        self, request: HttpRequest, obj: Membership, form: Any, change: bool
    ) -> None:
        saved = add_member(
            user=obj.user,
            team=obj.team,
            role=obj.role,
            approval_limit=obj.approval_limit,
            until=obj.until,
            actor=request.user,  # type: ignore[arg-type]
        )
        obj.pk = saved.pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        remove_member(
            user=obj.user,
            team=obj.team,
            role=obj.role,
            actor=request.user,  # type: ignore[arg-type]
        )


@admin.register(Competence)
class CompetenceAdmin(SuperuserOnly, Base):
    """A renewal is another row: what was valid when stays readable."""

    list_display = ("user", "title", "category", "valid_until", "proof")
    list_filter = ("category",)
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email", "title")
    autocomplete_fields = ("user",)
    date_hierarchy = "valid_until"


class TemplateRoleInline(SuperuserOnly, Inline):
    model = TemplateRole
    extra = 1

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return self.has_module_permission(request)


@admin.register(RoleTemplate)
class RoleTemplateAdmin(SuperuserOnly, Base):
    """Bundles of roles; giving one to somebody is a page of its own."""

    list_display = ("name", "note", "days", "active")
    list_filter = ("active",)
    inlines = (TemplateRoleInline,)
    change_form_template = "admin/teams/role_template.html"

    def get_urls(self) -> list[URLPattern]:
        give = path(
            "<int:pk>/give/",
            self.admin_site.admin_view(self.give_view),
            name="teams_roletemplate_give",
        )
        return [give, *super().get_urls()]

    def give_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who gets it and until when; then all of its roles at once."""
        if not self.has_module_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        template = get_object_or_404(RoleTemplate, pk=pk, active=True)
        form = GiveTemplateForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._give(request, template, form)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Give %(template)s") % {"template": template},
            "subtitle": str(template),
            "template": template,
            "form": form,
            "button": _("Give these roles"),
            "back_url": reverse("admin:teams_roletemplate_change", args=(pk,)),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/teams/give_template.html", context, status=status
        )

    def _give(
        self, request: HttpRequest, template: RoleTemplate, form: GiveTemplateForm
    ) -> HttpResponse:
        user = form.cleaned_data["user"]
        given = give_template(
            template=template,
            user=user,
            until=form.cleaned_data["until"],
            actor=request.user,  # type: ignore[arg-type]
        )
        words = ngettext(
            "%(person)s has %(n)d role more. What they had open has ended.",
            "%(person)s has %(n)d roles more. What they had open has ended.",
            len(given),
        )
        nothing = _("%(person)s has all of these roles already.")
        said = (words if given else nothing) % {"person": user, "n": len(given)}
        messages.success(request, said)
        return redirect("admin:teams_user_change", user.pk)
