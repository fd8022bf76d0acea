"""What members may send. What it may hold is decided by the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.channels.forum.models import (
    NICKNAME_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Category,
    ReportReason,
)
from complaints.channels.safetext import storable
from complaints.errors import InvalidInput, RecourseError

KEY_LIMIT = 64


class TextField(forms.CharField):
    """Text as it was typed, without what no database can hold."""

    def to_python(self, value: Any) -> str:
        text = storable(value) if isinstance(value, str) else value
        return super().to_python(text) or ""


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class JoinForm(forms.Form):
    nickname = TextField(
        label=_("Nickname"),
        help_text=_("All that others see of you. It stays as it is."),
        max_length=NICKNAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Choose a nickname.")},
    )


class PostForm(forms.Form):
    """``key`` makes a form that was sent twice one post."""

    text = TextField(
        label=_("Your answer"),
        max_length=TEXT_LIMIT,
        widget=_area(6),
        error_messages={"required": _("Write something.")},
    )
    key = forms.CharField(max_length=KEY_LIMIT, widget=forms.HiddenInput)


class TopicForm(PostForm):
    category = forms.ModelChoiceField(
        label=_("Where it belongs"),
        queryset=Category.objects.filter(active=True),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where it belongs.")},
    )
    title = TextField(
        label=_("Title"),
        help_text=_("One line that says what it is about."),
        max_length=TITLE_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give it a title.")},
    )
    text = TextField(
        label=_("Your question"),
        help_text=_("Everybody can read it: leave out addresses, accounts, amounts."),
        max_length=TEXT_LIMIT,
        widget=_area(10),
        error_messages={"required": _("Write something.")},
    )

    field_order = ("category", "title", "text")


class EditForm(forms.Form):
    text = TextField(label=_("Text"), max_length=TEXT_LIMIT, widget=_area(10))


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=ReportReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    words = TextField(
        label=_("Anything we should know"),
        max_length=500,
        required=False,
        widget=_area(3),
    )


def explain(form: forms.Form, error: RecourseError) -> None:
    """Say a refusal where it belongs."""
    name = error.field if isinstance(error, InvalidInput) else ""
    form.add_error(name if name in form.fields else None, str(error.words))
