"""Forms with which access is given."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from teams.models import User
from teams.models.user import UserKind


class GiveTemplateForm(forms.Form):
    """To whom, and until when."""

    user = forms.ModelChoiceField(
        User.objects.none(), label=_("Given to"), empty_label=_("Choose")
    )
    until = forms.DateTimeField(
        label=_("Ends at"),
        required=False,
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
        help_text=_("Empty: as long as the template says, else until it is taken."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        people = User.objects.exclude(kind=UserKind.SYSTEM).filter(is_active=True)
        staff = people.filter(kind=UserKind.STAFF).order_by("first_name", "username")
        self.fields["user"].queryset = staff  # type: ignore[attr-defined]

    def clean_until(self) -> datetime | None:
        until: datetime | None = self.cleaned_data["until"]
        if until is not None and until <= timezone.now():
            raise ValidationError(_("Choose a moment that is still to come."))
        return until
