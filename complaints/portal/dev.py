"""Living examples of every page part, for those who build pages."""

import re
from pathlib import Path

from django import forms
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from complaints.portal.dev_samples import HASH, samples
from complaints.portal.options import OptionLabel

TRANSACTIONS = [
    (
        "one",
        OptionLabel(
            "Withdrawal to TQ5n8r…W3hkPz",
            "1,860.00\u00a0USDT",
            "Tron · 17 November 2026, 23:14 · completed",
        ),
    ),
    ("two", OptionLabel("Withdrawal to bc1q7m…x0d4ey", "0.0420\u00a0BTC")),
    ("none", _("I do not know")),
]


class EveryField(forms.Form):
    """One field of each kind that the field partial draws."""

    which = forms.ChoiceField(
        label=_("Which transaction is it about?"),
        help_text=_("Your last withdrawals are listed."),
        choices=TRANSACTIONS,
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(
        label=_("Amount"),
        widget=forms.TextInput,
        error_messages={"invalid": _("Enter the amount as a number, such as 0.25")},
    )
    network = forms.ChoiceField(
        label=_("Network"),
        choices=[("", _("Choose a network")), ("tron", "Tron")],
        error_messages={"required": _("Choose a network, or “I do not know”")},
    )
    hash = forms.CharField(
        label=_("Transaction ID"),
        required=False,
        help_text=_("64 letters and digits, from the withdrawal history."),
    )
    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    story = forms.CharField(
        label=_("What happened?"), widget=forms.Textarea, required=False
    )
    harm = forms.MultipleChoiceField(
        label=_("How did it affect you?"),
        choices=[("money", _("I lost money")), ("access", _("I cannot sign in"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    file = forms.FileField(
        label=_("A file"), required=False, help_text=_("PDF, PNG or JPEG, up to 10 MB.")
    )
    truth = forms.BooleanField(
        label=_("What I wrote is true as far as I know."), help_text=_("Please read.")
    )


def icons() -> list[str]:
    """The names in the sprite, as the sprite has them."""
    sprite = finders.find("icons.svg")
    text = Path(sprite).read_text() if isinstance(sprite, str) else ""
    return re.findall(r'<symbol id="(\w+)"', text)


def components(request: HttpRequest) -> HttpResponse:
    """Every partial in every state; a form as it opens and the same one with errors."""
    wrong = EveryField(
        {"amount": "about 2 hundred", "hash": HASH[:-1]}, auto_id="wrong_%s"
    )
    context = samples(get_language() or "en")
    return render(
        request,
        "dev/components.html",
        context
        | {
            "icons": icons(),
            "fresh": EveryField(auto_id="fresh_%s"),
            "wrong": wrong,
        },
    )
