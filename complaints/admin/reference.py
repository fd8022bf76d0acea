"""Reference data of the register: what an operator may set up, and nobody else."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.admin.category_form import CategoryForm
from complaints.admin.scoped import Base
from complaints.models import Category, QualityCriterion, RootCause
from teams.words_field import WordsField


class ConfigurationAdmin(Base):
    """Superusers alone; rows that cases point to are switched off, never deleted."""

    actions = None

    def _may(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_active and getattr(user, "is_superuser", False))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Category)
class CategoryAdmin(ConfigurationAdmin):
    form = CategoryForm
    list_display = ("code", "__str__", "team", "default_severity", "position", "active")
    list_filter = ("active", "team")
    list_select_related = ("team",)
    search_fields = ("code",)
    ordering = ("position", "code")


class RootCauseForm(forms.ModelForm):  # type: ignore[type-arg]
    names = WordsField(label=pgettext_lazy("field", "Name"))

    class Meta:
        model = RootCause
        fields = (
            *("code", "names", "nature", "alarm_from", "alarm_days"),
            *("position", "active"),
        )


@admin.register(RootCause)
class RootCauseAdmin(ConfigurationAdmin):
    form = RootCauseForm
    list_display = ("code", "__str__", "nature", "alarm_from", "alarm_days", "active")
    list_filter = ("active", "nature")
    search_fields = ("code",)
    ordering = ("position", "code")


class CriterionForm(forms.ModelForm):  # type: ignore[type-arg]
    names = WordsField(label=_("Question"))

    class Meta:
        model = QualityCriterion
        fields = ("code", "names", "weight", "position", "active")


@admin.register(QualityCriterion)
class QualityCriterionAdmin(ConfigurationAdmin):
    form = CriterionForm
    list_display = ("code", "__str__", "weight", "position", "active")
    list_filter = ("active",)
    ordering = ("position", "code")
