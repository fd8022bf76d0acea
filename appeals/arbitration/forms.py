"""What an arbitrator fills in."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from appeals.models import Referral, Side, TieKind
from appeals.seen import SeenForm
from appeals.services.outside.rows import TEXT_LIMIT
from complaints.portal.fields import DayField, TextField
from complaints.profiles import by_key


class CodeForm(forms.Form):
    """The one-time code of the arbitrator's own device."""

    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("Six digits from the app on your own device."),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )


class EnrolForm(forms.Form):
    """The code that staff told by telephone or on paper."""

    code = forms.CharField(
        label=_("Enrolment code"),
        help_text=_("Sixteen signs, told to you by telephone or on paper."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class DeclineForm(forms.Form):
    """What ties the arbitrator to the case."""

    kind = forms.ChoiceField(
        label=_("What ties you to this case?"),
        choices=TieKind.choices,
        widget=forms.RadioSelect,
    )
    reason = TextField(
        label=_("In your words"),
        help_text=_("The exchange reads it; it goes on the register."),
        lines=4,
        max_length=TEXT_LIMIT,
    )


class StandingForm(forms.Form):
    """The arbitrator's word on an objection of the exchange."""

    leaves = forms.TypedChoiceField(
        label=_("What do you do?"),
        choices=(("no", _("I stay on this case")), ("yes", _("I step aside"))),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = TextField(
        label=_("Your reasons"),
        help_text=_("Both sides read them."),
        lines=4,
        max_length=TEXT_LIMIT,
    )


class AskForm(forms.Form):
    """A question or an order: to which side, what, by which day."""

    side = forms.ChoiceField(
        label=_("To whom?"), choices=Side.choices, widget=forms.RadioSelect
    )
    text = TextField(label=_("What?"), lines=5, max_length=TEXT_LIMIT)
    by = DayField(label=_("By which day?"), later=True)

    def due(self, referral: Referral) -> datetime:
        """The end of that day where the case is told its days."""
        day: date = self.cleaned_data["by"]
        zone = ZoneInfo(by_key(referral.complaint.profile_key).timezone)
        start = datetime.combine(day, time.min, zone)
        return start + timedelta(days=1, seconds=-1)


class EndForm(forms.Form):
    """Why it ends without an award."""

    reason = TextField(
        label=_("Why does it end without an award?"),
        help_text=_("Both sides read it."),
        lines=4,
        max_length=TEXT_LIMIT,
    )


class VoteForm(SeenForm):
    """Yes or no to the award as it stands."""

    agrees = forms.TypedChoiceField(
        label=_("Do you agree with the award?"),
        choices=[("yes", _("Yes")), ("no", _("No, I see it differently"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    dissent = TextField(
        label=_("Your reasons"),
        help_text=_("Needed for a no. Both sides read them."),
        required=False,
        lines=5,
        max_length=TEXT_LIMIT,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("agrees") is False and not data.get("dissent"):
            self.add_error("dissent", _("Write something first."))
        return data
