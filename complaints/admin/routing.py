"""Routing rules as an operator sets them up: every condition is chosen from what the
desk knows, so that none is written which fits no case."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from complaints.models import Category
from complaints.states import Severity
from complaints.transitions import Words
from teams.admin_base import Base, SuperuserOnly
from teams.models import RoutingRule

Choices = list[tuple[str, Words]]
ANY: Choices = [("", _("Any"))]


def categories() -> Choices:
    """Topics with those below them; a rule for a topic fits these, too."""
    rows = Category.objects.select_related("parent").order_by("code")
    return [*ANY, *((row.code, _place(row)) for row in rows)]


def _place(topic: Category) -> str:
    return f"{topic.parent} / {topic}" if topic.parent else str(topic)


def languages() -> Choices:
    return [*ANY, *settings.LANGUAGES]


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        help_text=_("A topic stands for all below it."),
    )
    minimum_severity = forms.ChoiceField(
        label=_("Minimum severity"), required=False, choices=[*ANY, *Severity.choices]
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    funds_at_risk = forms.TypedChoiceField(
        label=_("Money at risk"),
        required=False,
        choices=[*ANY, ("true", _("Yes")), ("false", _("No"))],
        coerce=lambda text: text == "true",
        empty_value=None,
    )

    class Meta:
        model = RoutingRule
        fields = (
            *("position", "category", "minimum_severity", "language"),
            *("minimum_amount", "funds_at_risk", "team", "active"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["category"].choices = _with(categories(), self.instance.category)
        fields["language"].choices = _with(languages(), self.instance.language)
        risk = self.instance.funds_at_risk
        self.initial["funds_at_risk"] = "" if risk is None else str(risk).lower()


def _with(choices: Choices, kept: str) -> Choices:
    """What the rule says stays its choice, known or not."""
    known = {value for value, _name in choices}
    return choices if kept in known else [*choices, (kept, kept)]


@admin.register(RoutingRule)
class RoutingRuleAdmin(SuperuserOnly, Base):
    form = RuleForm
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
