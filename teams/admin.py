"""People and teams as an operator sets them up: superusers alone, grants by services.

What somebody may see and do follows from memberships and nothing else, so Django's
groups and model permissions have no page here, and nobody can grant themselves a case.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from teams.models import (
    Absence,
    Calendar,
    Holiday,
    Membership,
    RoutingRule,
    Team,
    User,
)
from teams.services import add_member, remove_member

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
    Inline = admin.TabularInline[Any, Any]
    UserBase = DjangoUserAdmin[User]
else:
    Base, Inline, UserBase = admin.ModelAdmin, admin.TabularInline, DjangoUserAdmin


class SuperuserOnly:
    """Every permission of a model admin is the superuser flag; deleting is off."""

    actions: ClassVar[Any] = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


class ReadOnlyInline(SuperuserOnly, Inline):
    """Rows shown beside their owner; they are changed on their own page."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ("user", "team", "role", "approval_limit")


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
    inlines = (MembershipInline,)

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """A system actor is nobody's account: it gets no password and no rights."""
        is_system = isinstance(obj, User) and obj.is_system
        return not is_system and super().has_change_permission(request)


@admin.register(Team)
class TeamAdmin(SuperuserOnly, Base):
    """Which teams there are is the workflow's; how they work is set here."""

    list_display = ("code", "label", "calendar", "email", "phone")
    fields = ("code", "name", "calendar", "email", "phone")
    readonly_fields = ("code",)
    inlines = (MembershipInline,)

    def has_add_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(SuperuserOnly, Base):
    """Adding and removing go through the services, which move the grants along."""

    list_display = ("user", "team", "role", "approval_limit", "since")
    list_filter = ("team", "role")
    list_select_related = ("user", "team")
    search_fields = ("user__username", "user__email")
    autocomplete_fields = ("user",)
    fields = ("user", "team", "role", "approval_limit")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Membership | None = None
    ) -> tuple[str, ...]:
        """Another role is another membership; only the limit of one may change."""
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


@admin.register(RoutingRule)
class RoutingRuleAdmin(SuperuserOnly, Base):
    list_display = (
        "position",
        "category",
        "minimum_severity",
        "language",
        "minimum_amount",
        "funds_at_risk",
        "team",
        "active",
    )
    list_filter = ("active", "team")
    list_select_related = ("team",)


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


@admin.register(Calendar)
class CalendarAdmin(SuperuserOnly, Base):
    """A calendar is never edited: old deadlines name its version. A change is a new
    version beside it, which a team is then given."""

    list_display = ("code", "version", "name", "time_zone")
    list_filter = ("code",)
    inlines = (HolidayInline,)

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return obj is None and super().has_change_permission(request)


@admin.register(Absence)
class AbsenceAdmin(SuperuserOnly, Base):
    list_display = ("user", "starts_at", "ends_at", "reason")
    list_select_related = ("user",)
    autocomplete_fields = ("user",)
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
