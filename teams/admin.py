"""People and teams as an operator sets them up: superusers alone, grants by services.

What somebody may see and do follows from memberships and nothing else, so Django's
groups and model permissions have no page here, and nobody can grant themselves a case.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from teams import admin_access
from teams.admin_base import Base, Inline, ReadOnlyInline, SuperuserOnly, UserBase
from teams.models import (
    Absence,
    Calendar,
    Holiday,
    Membership,
    Team,
    User,
)
from teams.services import change_standing
from teams.week_field import WeekField, week_as_text

__all__ = ["admin_access"]


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ("user", "team", "role", "approval_limit", "until")


class OwnMembershipInline(MembershipInline):
    """Those of the person; who confirmed one is another key to a person."""

    fk_name = "user"


@admin.register(User)
class UserAdmin(SuperuserOnly, UserBase):
    list_display = ("username", "email", "kind", "is_staff", "is_active", "last_login")
    list_filter = ("kind", "is_active", "memberships__team")
    search_fields = ("username", "email", "first_name", "last_name")
    ordering = ("username",)
    filter_horizontal = ()
    autocomplete_fields = ("reports_to",)
    readonly_fields = ("last_login", "date_joined", "is_staff")
    fieldsets = (
        (None, {"fields": ("username", "password", "kind", "is_active")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "reports_to")}),
        (_("Settings"), {"fields": ("language", "time_zone", "account_id")}),
        (_("Rights"), {"fields": ("is_superuser", "is_staff")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    inlines = (OwnMembershipInline,)

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """A system actor is nobody's account: it gets no password and no rights."""
        is_system = isinstance(obj, User) and obj.is_system
        return not is_system and super().has_change_permission(request)

    def save_model(
        self, request: HttpRequest, obj: User, form: Any, change: bool
    ) -> None:
        """Standing goes through the service, which ends what the person has open."""
        wanted = {"is_active": obj.is_active, "is_superuser": obj.is_superuser}
        if change:
            before = User.objects.only(*wanted).get(pk=obj.pk)
            obj.is_active, obj.is_superuser = before.is_active, before.is_superuser
        else:
            obj.is_superuser = False
        super().save_model(request, obj, form, change)
        change_standing(user=obj, actor=request.user, **wanted)  # type: ignore[arg-type]


@admin.register(Team)
class TeamAdmin(SuperuserOnly, Base):
    """Which teams there are is the workflow's; how they work is set here."""

    list_display = ("code", "__str__", "calendar", "email", "phone")
    fields = ("code", "name", "calendar", "email", "phone")
    readonly_fields = ("code",)
    inlines = (MembershipInline,)

    def has_add_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


class HolidayInline(SuperuserOnly, Inline):
    model = Holiday
    extra = 1

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_add_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return obj is None and super().has_add_permission(request)


class CalendarForm(forms.ModelForm):  # type: ignore[type-arg]
    spans = WeekField(label=_("Opening hours"))

    class Meta:
        model = Calendar
        fields = ("code", "version", "name", "time_zone", "spans")


@admin.register(Calendar)
class CalendarAdmin(SuperuserOnly, Base):
    """A calendar is never edited: old deadlines name its version. A change is a new
    version beside it, which a team is then given."""

    form = CalendarForm
    list_display = ("code", "version", "name", "time_zone", "hours")
    fields = ("code", "version", "name", "time_zone", "spans")
    list_filter = ("code",)
    inlines = (HolidayInline,)

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return obj is None and super().has_change_permission(request)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return (*self.fields[:-1], "hours" if obj else "spans")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> Any:
        return ("hours",) if obj else ()

    @admin.display(description=_("Opening hours"))
    def hours(self, obj: Calendar) -> str:
        return week_as_text(obj.spans)


@admin.register(Absence)
class AbsenceAdmin(SuperuserOnly, Base):
    list_display = ("user", "starts_at", "ends_at", "reason", "covered_by")
    list_select_related = ("user", "covered_by")
    autocomplete_fields = ("user", "covered_by")
    date_hierarchy = "starts_at"

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return self.has_module_permission(request)


def close_side_doors() -> None:
    """Pages of other packages that would grant, or show what opens an account."""
    keys = (Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken)
    for model in (Group, *keys, UserSession):
        if admin.site.is_registered(model):
            admin.site.unregister(model)


close_side_doors()
