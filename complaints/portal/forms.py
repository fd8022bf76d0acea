"""What the customer fills in. Only what we cannot do without is required."""

import secrets
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.chains import tidy
from complaints.models import Category
from complaints.portal.fields import (
    EvidenceField,
    LinesField,
    MailField,
    TextField,
)
from complaints.portal.options import OptionLabel
from complaints.services.correspond import MESSAGE_LIMIT
from complaints.services.intake import DESCRIPTION_LIMIT
from complaints.states import InterimKind

FILES = ("file_1", "file_2", "file_3")
FILE_HINT = _("A picture, a PDF or a text, up to 25 MB.")
KEY_SALT = "complaints.portal.filing"


def new_key() -> str:
    """A key of ours for one form, so that sending it twice files once."""
    return Signer(salt=KEY_SALT).sign(secrets.token_urlsafe(24))


class KeyField(forms.CharField):
    """The hidden key; a missing or invented one becomes a new one."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, initial=new_key)

    def clean(self, value: Any) -> str:
        try:
            return str(Signer(salt=KEY_SALT).unsign(str(value or "")))
        except BadSignature:
            return secrets.token_urlsafe(24)


def category_choices() -> Iterator[tuple[str, Any]]:
    """The tree of topics as groups of a select, in the reader's language."""
    yield "", _("I am not sure, you choose")
    rows = list(Category.objects.filter(active=True))
    for parent in rows:
        if parent.parent_id is None:
            children = [row for row in rows if row.parent_id == parent.pk]
            own = [(parent.code, parent.label if not children else _("Something else"))]
            yield parent.label, [(row.code, row.label) for row in children] + own


def risk_choices() -> Iterator[tuple[str, Any]]:
    note = gettext(
        "Somebody is in my account, a transfer I did not make is still pending, or I "
        "can no longer sign in."
    )
    yield "yes", OptionLabel(gettext("Yes"), note=note)
    yield "no", gettext("No")


DANGERS = {
    "intruder": _("Somebody else is in my account"),
    "transfer": _("A transfer that I did not make is still pending"),
    "locked_out": _("I can no longer sign in"),
}
DANGER_CATEGORIES = {
    "intruder": "security.takeover",
    "transfer": "security.unauthorised-withdrawal",
    "locked_out": "security.locked-out",
}
DANGER_MEASURES = {
    "intruder": InterimKind.SESSION_KILL,
    "transfer": InterimKind.WITHDRAWAL_LOCK,
    "locked_out": InterimKind.FREEZE,
}
"""What security is asked for first; they may take another measure."""


class GuestFields(forms.Form):
    """Who writes, where nobody is signed in."""

    name = TextField(
        label=_("Your name"),
        max_length=200,
        fills="name",
        error_messages={"required": _("Enter your name")},
    )
    email = MailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("The receipt and every answer go there."),
        error_messages={
            "required": _("Enter an e-mail address, so that we can answer you"),
        },
    )
    account_id = TextField(
        label=_("Account ID at the exchange"),
        max_length=64,
        fills="off",
        required=False,
        help_text=_("The number in your profile, if you have an account with us."),
    )


class FilesMixin(forms.Form):
    """Files come one by one; more can be added on the page of the complaint."""

    file_1 = EvidenceField(label=_("A file"), required=False, help_text=FILE_HINT)
    file_2 = EvidenceField(label=_("A second file"), required=False)
    file_3 = EvidenceField(label=_("A third file"), required=False)

    def uploads(self) -> list[Any]:
        return [self.cleaned_data[name] for name in FILES if self.cleaned_data[name]]


class PeriodMixin(forms.Form):
    """``facts_from`` and ``facts_until`` of a form, in this order."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begin, end = data.get("facts_from"), data.get("facts_until")
        if begin and end and end < begin:
            words = _("This day is before the day on which it began")
            self.add_error("facts_until", ValidationError(words, "order"))
        return data


class RiskForm(forms.Form):
    """The first question of all."""

    at_risk = forms.ChoiceField(
        label=_("Is money or access at risk right now?"),
        widget=forms.RadioSelect,
        choices=risk_choices,
        error_messages={"required": _("Choose yes or no")},
    )


class LinkForm(forms.Form):
    """Where the link to a draft is to be sent; empty to only show it."""

    email = MailField(
        label=_("Your e-mail address"),
        max_length=254,
        required=False,
        help_text=_("We send the link there and keep the address for nothing else."),
    )


class UrgentForm(forms.Form):
    """The door for danger: one question, and as much more as one can say now."""

    danger = forms.ChoiceField(
        label=_("What is happening?"),
        widget=forms.RadioSelect,
        choices=list(DANGERS.items()),
        error_messages={"required": _("Choose what is happening")},
    )
    description = TextField(
        label=_("What have you seen?"),
        required=False,
        lines=3,
        max_length=DESCRIPTION_LIMIT,
        help_text=_("A line is enough. You can write the rest later."),
    )
    transactions = LinesField(
        label=_("Transaction IDs"),
        required=False,
        tidy=tidy,
        help_text=_("Only if you have them before you."),
    )
    key = KeyField()


class GuestUrgentForm(GuestFields, UrgentForm):
    """The same for a guest."""

    field_order = (*UrgentForm.base_fields, *GuestFields.base_fields)


class MessageForm(forms.Form):
    text = TextField(
        label=_("Your message"),
        lines=6,
        max_length=MESSAGE_LIMIT,
        error_messages={"required": _("Write something first.")},
    )


class EvidenceForm(forms.Form):
    file = EvidenceField(
        label=_("A file"),
        help_text=FILE_HINT,
        error_messages={"required": _("Choose a file first")},
    )


class AnswerForm(forms.Form):
    answer = TextField(
        label=_("Your answer"),
        lines=6,
        max_length=MESSAGE_LIMIT,
        error_messages={"required": _("Write your answer first")},
    )
    file = EvidenceField(label=_("A file"), required=False, help_text=FILE_HINT)


class ReasonForm(forms.Form):
    reason = TextField(
        label=_("Why do you withdraw it?"), lines=3, max_length=5_000, required=False
    )


class AdditionForm(forms.Form):
    addition = TextField(
        label=_("What do you want to add?"),
        lines=6,
        max_length=MESSAGE_LIMIT,
        error_messages={"required": _("Write what is new")},
    )


class NoFields(forms.Form):
    """Nothing to fill in: the page only asks once more."""


class TrackForm(forms.Form):
    reference = TextField(
        label=_("Reference"),
        max_length=40,
        help_text=_("On your receipt, such as RC-7K4M-93XD."),
        error_messages={"required": _("Enter the reference of your complaint")},
    )
    email = MailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("The one you gave us with the complaint."),
        error_messages={
            "required": _("Enter the e-mail address you gave us"),
        },
    )
