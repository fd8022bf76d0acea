"""What a reviewer and a signer fill in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appeals.seen import SeenForm
from appeals.services.ruling import TEXT_LIMIT
from complaints.admin.forms import textarea
from complaints.states import RulingOutcome

CHOOSE = ("", _("Choose"))


class GroundForm(forms.Form):
    """The answer to one ground."""

    accepted = forms.TypedChoiceField(
        label=_("Is the customer right on this?"),
        choices=[("yes", _("Yes, upheld")), ("no", _("No, not upheld"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    answer = forms.CharField(
        label=_("Why"),
        help_text=_("The customer reads this."),
        max_length=TEXT_LIMIT,
        widget=textarea(5),
    )


class RulingForm(forms.Form):
    """The words of the ruling; a refusal has only two outcomes."""

    outcome = forms.ChoiceField(label=_("Outcome"))
    summary = forms.CharField(
        label=_("Ruling in one sentence"),
        help_text=_("The first line of the letter, in the customer's language."),
        max_length=2_000,
        widget=textarea(2),
    )
    reasons = forms.CharField(
        label=_("Reasons"), max_length=TEXT_LIMIT, widget=textarea(8)
    )
    lesson = forms.CharField(
        label=_("What the first team can learn"),
        help_text=_("Goes to the leads of that team, never to the customer."),
        max_length=TEXT_LIMIT,
        required=False,
        widget=textarea(3),
    )

    def __init__(self, *args: Any, refused: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        two = (RulingOutcome.CONFIRMED, RulingOutcome.OVERTURNED)
        kinds = two if refused else tuple(RulingOutcome)
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)  # noqa: S101 - for the types
        outcome.choices = [CHOOSE, *((kind.value, kind.label) for kind in kinds)]


class ReasonForm(forms.Form):
    """Why a panel is called, or left."""

    comment = forms.CharField(label=_("Why"), max_length=TEXT_LIMIT, widget=textarea(4))


class VoteForm(SeenForm):
    """A member's yes or no to the ruling as it stands."""

    agrees = forms.TypedChoiceField(
        label=_("Do you agree with the ruling?"),
        choices=[("yes", _("Yes")), ("no", _("No, I see it differently"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    reasons = forms.CharField(
        label=_("Your reasons"),
        help_text=_("Needed for a no. The customer reads them, without your name."),
        required=False,
        max_length=TEXT_LIMIT,
        widget=textarea(5),
    )


class CommentForm(forms.Form):
    """Why a proposal goes back."""

    comment = forms.CharField(
        label=_("What is to change"), max_length=TEXT_LIMIT, widget=textarea(4)
    )
