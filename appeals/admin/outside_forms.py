"""What staff fill in of the outside stage and of the register of arbitrators."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from appeals.models import Award, FeeBearer, TieKind
from appeals.services.outside.rows import TEXT_LIMIT
from complaints.admin.forms import textarea
from complaints.models import Complaint
from complaints.portal.fields import AmountField
from complaints.profiles.base import REPORTING_CURRENCY
from teams.models import User


class TermsForm(forms.Form):
    """Where the body sits, how it calls the case, what it costs and whom."""

    seat = forms.CharField(label=_("Seat"), max_length=100, required=False)
    body_reference = forms.CharField(
        label=_("Reference of the body"), max_length=60, required=False
    )
    fee = AmountField(label=_("Fee in EUR"), required=False)
    fee_borne_by = forms.ChoiceField(
        label=_("Who bears the fee?"),
        choices=FeeBearer.choices,
        widget=forms.RadioSelect,
    )


class AnswerForm(forms.Form):
    """The word of the exchange to the arbitrator."""

    text = forms.CharField(
        label=_("In the name of the exchange"),
        help_text=_("The arbitrator and the customer read this."),
        max_length=TEXT_LIMIT,
        widget=textarea(6),
    )


class RemoveForm(forms.Form):
    """Why a seat is freed."""

    reason = forms.CharField(label=_("Why"), max_length=TEXT_LIMIT, widget=textarea(4))


class ObjectForm(forms.Form):
    """Why the exchange says that an arbitrator should not decide."""

    reason = forms.CharField(
        label=_("Why should this person not decide?"),
        help_text=_("The arbitrator and the customer read this."),
        max_length=TEXT_LIMIT,
        widget=textarea(4),
    )


class ObjectionForm(forms.Form):
    """Whether the customer is right about an arbitrator, and why."""

    upheld = forms.TypedChoiceField(
        label=_("What follows?"),
        choices=(
            ("yes", _("Somebody else is appointed")),
            ("no", _("The arbitrator stays")),
        ),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Reasons"),
        help_text=_("The arbitrator and the customer read this."),
        max_length=TEXT_LIMIT,
        widget=textarea(4),
    )


class RatesForm(forms.Form):
    """One rate for each sum that is not in the reporting currency."""

    def __init__(self, *args: Any, award: Award, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = award.remedies.all()
        self.asked = [
            row for row in rows if row.is_money and row.asset != REPORTING_CURRENCY
        ]
        for row in self.asked:
            words = _("Rate of %(number)s: EUR for one %(asset)s")
            self.fields[f"rate_{row.number}"] = AmountField(
                label=words % {"number": row.number, "asset": row.asset}
            )

    def rates(self) -> dict[int, Decimal]:
        return {
            row.number: self.cleaned_data[f"rate_{row.number}"] for row in self.asked
        }


class PublishForm(forms.Form):
    """The award as everybody may read it."""

    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(
        label=_("The award without names"),
        help_text=_(
            "No name, account, address, transaction or reference, and no detail by "
            "which somebody could be recognised."
        ),
        max_length=TEXT_LIMIT,
        widget=textarea(14),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, initial="en"
    )


class ArbitratorForm(forms.Form):
    """Somebody new on the register."""

    full_name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    chamber = forms.CharField(
        label=_("Chamber or profession"), max_length=200, required=False
    )
    seat = forms.CharField(label=_("Seat"), max_length=100, required=False)
    language = forms.ChoiceField(
        label=_("Language we write in"), choices=settings.LANGUAGES, initial="en"
    )


class TieForm(forms.Form):
    """A conflict that an arbitrator declared to us."""

    kind = forms.ChoiceField(
        label=_("What ties them?"), choices=TieKind.choices, widget=forms.RadioSelect
    )
    username = forms.CharField(
        label=_("Account of the person here"), max_length=150, required=False
    )
    reference = forms.CharField(
        label=_("Reference of the case"), max_length=20, required=False
    )
    reason = forms.CharField(
        label=_("In their words"), max_length=TEXT_LIMIT, widget=textarea(4)
    )

    def about(self, seen: Any) -> dict[str, Any]:
        """Person, case and customer that were named; ``seen`` are cases one sees."""
        data = self.cleaned_data
        user = User.objects.filter(username=data["username"] or "-").first()
        case: Complaint | None = seen.filter(reference=data["reference"] or "-").first()
        found: dict[str, Any] = {"user": user, "complaint": case}
        if case is not None and data["kind"] == TieKind.CUSTOMER:
            found["party"] = case.customer
        return found
