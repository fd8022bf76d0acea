"""The form on which a call, a letter or a chat is written down."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin.forms import STAFF_CHANNELS, textarea
from complaints.admin.move_form import (
    TEXT_LIMIT,
    MomentInput,
    NearMomentField,
    in_zone,
)
from complaints.channels.phone import desk
from complaints.models import Category, Complaint, RawMessage
from complaints.permissions import Viewer
from complaints.selectors.callers import Found, look_up, number_of
from complaints.selectors.public_date import public_date
from complaints.services.calls import PROMISE_LIMIT, Call, Check
from complaints.services.evidence import Upload
from complaints.states import Channel
from complaints.templatetags.look import written, written_day
from teams.models import User

SOMEBODY_NEW = "new"


class NumberField(forms.CharField):
    """A telephone number, however it is spaced."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        number = number_of(text) if text else ""
        if text and not number:
            raise forms.ValidationError(
                _("Enter the number with its country, such as +44 1632 960 815."),
                code="number",
            )
        return number


class LogForm(forms.Form):
    """What was heard and from whom.

    Who files, when it was recorded and which team gets it are never asked. ``caller``
    is what is looked up; ``who`` offers what was found by it and nothing else.
    """

    caller = forms.CharField(
        label=gettext_lazy("Who is it?"),
        help_text=gettext_lazy(
            "Reference, account ID, e-mail address or telephone number, whole."
        ),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    who = forms.ChoiceField(
        label=gettext_lazy("It is for"),
        widget=forms.RadioSelect,
        required=False,
    )
    call = forms.ChoiceField(
        label=gettext_lazy("Call on record"),
        help_text=gettext_lazy("It comes with its number, its time and its recording."),
        required=False,
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    number = NumberField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("Unproven until its owner opens the link we send."),
        required=False,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[
            ("en", gettext_lazy("English")),
            ("zh-hans", gettext_lazy("Simplified Chinese")),
        ],
        initial="en",
    )
    checked = forms.MultipleChoiceField(
        label=gettext_lazy("Identity check"),
        help_text=gettext_lazy(
            "Tick what the caller told you without help. Two steps name an account; "
            "with fewer, their words are kept as unproven. Never read answers out."
        ),
        choices=Check.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    description = forms.CharField(
        label=gettext_lazy("What happened, what is asked"),
        max_length=TEXT_LIMIT,
        widget=textarea(6),
        error_messages={"required": gettext_lazy("Write down what was said.")},
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"), max_length=200, required=False
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"),
        queryset=Category.objects.filter(active=True),
        required=False,
        empty_label=gettext_lazy("Choose"),
    )
    funds_at_risk = forms.BooleanField(
        label=gettext_lazy("Money or access is at risk now"), required=False
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        max_digits=38,
        decimal_places=18,
        min_value=0,
        required=False,
        error_messages={
            "invalid": gettext_lazy("Enter the amount as a number, such as 0.25")
        },
    )
    asset = forms.CharField(label=gettext_lazy("Asset"), max_length=16, required=False)
    desired_outcome = forms.CharField(
        label=gettext_lazy("What the customer wants"),
        max_length=TEXT_LIMIT,
        required=False,
        widget=textarea(2),
    )
    promised = forms.CharField(
        label=gettext_lazy("What you promised"),
        help_text=gettext_lazy("Stays inside, on the timeline of the case."),
        max_length=PROMISE_LIMIT,
        required=False,
        widget=textarea(2),
    )
    promised_by = NearMomentField(
        label=gettext_lazy("Promised by"),
        help_text=in_zone(
            gettext_lazy("In %(zone)s. It becomes a limit that reminds the team.")
        ),
        required=False,
    )
    recording = forms.FileField(
        label=gettext_lazy("Recording or letter"),
        help_text=gettext_lazy("MP3, M4A, a picture or a PDF, up to 25 MB."),
        required=False,
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        choices=[(c.value, c.label) for c in STAFF_CHANNELS],
        initial=Channel.PHONE,
    )
    received_at = NearMomentField(
        label=gettext_lazy("When it really came"),
        help_text=in_zone(
            gettext_lazy(
                "Time of the call, day of the letter, in %(zone)s. Empty means now."
            )
        ),
        required=False,
        widget=MomentInput,
    )
    key = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.initial.setdefault("key", secrets.token_hex(16))
        self.initial.setdefault("who", SOMEBODY_NEW)
        self.found = self._look_up()
        self.calls = {str(raw.pk): raw for raw in desk.waiting(viewer)}
        self._offer()

    def _look_up(self) -> Found:
        given = self.data if self.is_bound else self.initial
        return look_up(str(given.get("caller") or ""), self.viewer)

    def _offer(self) -> None:
        who: Any = self.fields["who"]
        who.choices = [
            *((f"account:{user.pk}", _words_of(user)) for user in self.found.accounts),
            *((f"case:{case.reference}", _status(case)) for case in self.found.cases),
            (SOMEBODY_NEW, _("Somebody new")),
        ]
        call: Any = self.fields["call"]
        call.choices = [("", _("None")), *_call_choices(self.calls.values())]
        if not self.calls:
            del self.fields["call"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        new = (data.get("who") or SOMEBODY_NEW) == SOMEBODY_NEW
        answerable = data.get("email") or data.get("number") or data.get("call")
        if new and not answerable and not {"email", "number"} & set(self.errors):
            words = _("Enter an e-mail address or a telephone number to answer to.")
            self.add_error("email", words)
        if data.get("funds_at_risk") and (data.get("who") or "").startswith("case:"):
            words = _(
                "This case is open already. Protect the account on its page, or write "
                "the danger down as a new complaint."
            )
            self.add_error("funds_at_risk", words)
        return data

    # What was filled in -----------------------------------------------------------

    @property
    def case(self) -> Complaint | None:
        """The case that was chosen, of those that were found."""
        kind, _colon, value = (self.cleaned_data["who"] or "").partition(":")
        rows = {case.reference: case for case in self.found.cases}
        return rows.get(value) if kind == "case" else None

    @property
    def account(self) -> User | None:
        kind, _colon, value = (self.cleaned_data["who"] or "").partition(":")
        rows = {str(user.pk): user for user in self.found.accounts}
        return rows.get(value) if kind == "account" else None

    @property
    def raw(self) -> RawMessage | None:
        return self.calls.get(self.cleaned_data.get("call") or "")

    def heard(self) -> Call:
        """The call; one on record brings its own number."""
        data, raw, file = self.cleaned_data, self.raw, self.cleaned_data["recording"]
        call = Call(
            number=data["number"],
            checked=tuple(data["checked"]),
            promised=data["promised"],
            promised_by=data["promised_by"],
            recording=Upload(file.name or "call", file.read()) if file else None,
            raw=raw,
        )
        if raw is not None and not call.number:
            call = replace(call, number=number_of(raw.sender))
        return call


def _status(case: Complaint) -> str:
    """Number, public status and next date: what support may tell any caller."""
    words = f"{case.reference} · {case.public_label.label}"
    date = public_date(case)
    if date is None:
        return words
    return words + " · " + _("next step by %(day)s") % {"day": written_day(date.day)}


def _words_of(user: User) -> str:
    parts = (user.account_id or _("no account ID"), user.get_full_name())
    return _("Account") + " " + " · ".join(part for part in parts if part)


def _call_choices(rows: Iterable[RawMessage]) -> list[tuple[str, str]]:
    return [
        (str(raw.pk), f"{raw.sender or _('withheld')} · {written(raw.received_at)}")
        for raw in rows
    ]
