"""What a customer types into the chat."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.channels.chat import files
from complaints.channels.chat.models import NAME_LIMIT, TEXT_LIMIT
from complaints.channels.safetext import storable
from complaints.errors import InvalidInput

ACCEPT = "image/*,audio/*,application/pdf,text/plain,.docx,.xlsx,.zip"


class Words(forms.CharField):
    """Text as it was typed, without what no database can hold."""

    def to_python(self, value: Any) -> str:
        return super().to_python(storable(value) if value else value) or ""


class ChatFileField(forms.FileField):
    """A file, looked at and read; None where none was sent."""

    def clean(self, data: Any, initial: Any = None) -> files.Checked | None:
        given = super().clean(data, initial)
        if not given:
            return None
        if given.size > files.FILE_LIMIT:
            raise forms.ValidationError(_("This file is larger than 10 MB."))
        try:
            return files.check(given.name, given.read())
        except InvalidInput as error:
            raise forms.ValidationError(error.words) from error  # type: ignore[arg-type]


def _file_field() -> ChatFileField:
    return ChatFileField(
        label=_("Picture, file or voice message"),
        required=False,
        allow_empty_file=True,
        max_length=1_000,
        help_text=_("At most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )


class SayForm(forms.Form):
    """One more message. ``key`` makes a second sending harmless."""

    text = Words(
        label=_("Your message"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2, "enterkeyhint": "send"}),
    )
    file = _file_field()
    key = Words(required=False, max_length=200, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("text", "").strip() and not data["file"]:
            self.add_error("text", _("Write something first."))
        return data


class StartForm(SayForm):
    """The first message of a guest: who they are, as far as they want to say it."""

    field_order = ("name", "email", "text", "file")

    name = Words(
        label=_("Your name"),
        required=False,
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("For the receipt, if this becomes a complaint."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = True
        self.fields["text"].error_messages["required"] = _("Write something first.")
        self.fields["text"].widget.attrs["rows"] = 4
        if known:
            del self.fields["name"], self.fields["email"]
