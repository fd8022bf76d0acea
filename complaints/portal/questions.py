"""The questions of a filing: one page each, and which of them are for whom.

An answer is optional unless we cannot do without it. The order is that in which
people tell it: what, the story, the transaction, when, what would put it right.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.chains import NETWORKS, plain
from complaints.models import Capacity, Draft
from complaints.portal.fields import (
    AmountField,
    DayField,
    EvidenceField,
    IdsField,
    LinesField,
    MailField,
    TextField,
)
from complaints.portal.forms import (
    FILE_HINT,
    GuestFields,
    PeriodMixin,
    category_choices,
)
from complaints.portal.options import OptionLabel
from complaints.services.intake import DESCRIPTION_LIMIT
from complaints.states import IdentifierKind
from complaints.transitions import Words

if TYPE_CHECKING:
    from teams.models import User

SELF = "self"
IDENTIFIERS = {
    "transactions": IdentifierKind.TRANSACTION,
    "orders": IdentifierKind.ORDER,
    "wallets": IdentifierKind.WALLET,
    "tickets": IdentifierKind.TICKET,
}


def network_choices() -> list[tuple[str, Any]]:
    known = [(network.name, network.name) for network in NETWORKS]
    other = ("Other", gettext("Another network"))
    return [("", gettext("I do not know")), *known, other]


def behalf_choices() -> list[tuple[str, Any]]:
    """For whom somebody complains: for themselves, or in one of three capacities."""
    notes = {
        Capacity.ATTORNEY: gettext("You have their power of attorney."),
        Capacity.COMPANY: gettext("You may act for it, as director or by mandate."),
        Capacity.HEIR: gettext("You are an heir, or you administer the estate."),
    }
    words = {
        Capacity.ATTORNEY: gettext("For another person"),
        Capacity.COMPANY: gettext("For a company"),
        Capacity.HEIR: gettext("For somebody who has died"),
    }
    rows = [(str(c), OptionLabel(words[c], note=notes[c])) for c in Capacity]
    return [(SELF, OptionLabel(gettext("For myself"))), *rows]


class AboutForm(forms.Form):
    category = forms.ChoiceField(
        label=_("What is it about?"),
        required=False,
        help_text=_("So that the right team reads it first. You can leave it to us."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Asked of the database once a form, not at every look at a choice.
        self.fields["category"].choices = list(category_choices())  # type: ignore[attr-defined]


class StoryForm(forms.Form):
    subject = TextField(
        label=_("In one sentence: what went wrong?"),
        max_length=200,
        error_messages={"required": _("Say in one sentence what went wrong")},
    )
    description = TextField(
        label=_("Tell us more"),
        lines=8,
        max_length=DESCRIPTION_LIMIT,
        help_text=_("In your own words and in any order. Dates and times help."),
        error_messages={"required": _("Tell us what happened")},
    )


class TransactionForm(forms.Form):
    amount = AmountField(label=_("Amount"), required=False)
    asset = TextField(
        label=_("Asset"), required=False, max_length=16, help_text=_("Such as USDT.")
    )
    network = forms.ChoiceField(
        label=_("Network"), required=False, choices=network_choices
    )
    transactions = IdsField(
        label=_("Transaction IDs"),
        required=False,
        help_text=_("One on each line. Spaces and links to an explorer do no harm."),
    )
    wallets = IdsField(label=_("Wallet addresses"), required=False)
    orders = LinesField(label=_("Order IDs"), required=False, tidy=plain)

    def clean_asset(self) -> str:
        return plain(self.cleaned_data["asset"]).upper()


class WhenForm(PeriodMixin):
    facts_from = DayField(label=_("It happened, or began, on"), required=False)
    facts_until = DayField(
        label=_("It ended on"), required=False, help_text=_("If it took some days.")
    )


class WishForm(forms.Form):
    desired_outcome = TextField(
        label=_("What should we do?"), required=False, lines=3, max_length=10_000
    )
    points = LinesField(
        label=_("What exactly should we decide?"),
        required=False,
        lines=3,
        longest=2_000,
        help_text=_(
            "One point on each line; every point gets an answer of its own. Without "
            "any, your first sentence is the point."
        ),
    )
    loss_description = TextField(
        label=_("How did it affect you?"), required=False, lines=3, max_length=10_000
    )
    tickets = LinesField(
        label=_("Numbers of earlier support tickets"),
        required=False,
        help_text=_("Not needed; only if you have them at hand."),
    )


class BehalfForm(forms.Form):
    behalf = forms.ChoiceField(
        label=_("For whom do you complain?"),
        widget=forms.RadioSelect,
        choices=behalf_choices,
        initial=SELF,
        error_messages={"required": _("Choose for whom you complain")},
    )


class CustomerForm(forms.Form):
    customer_name = TextField(
        label=_("Their name"),
        max_length=200,
        fills="section-customer name",
        help_text=_("Of a company the full name as registered."),
        error_messages={"required": _("Enter the name of the customer")},
    )
    customer_account = TextField(
        label=_("Their account ID at the exchange"),
        max_length=64,
        required=False,
        fills="off",
    )
    customer_email = MailField(
        label=_("Their e-mail address"),
        max_length=254,
        fills="section-customer email",
        required=False,
        help_text=_("If they should have our letters too."),
    )


class MandateForm(forms.Form):
    """How far the right to speak goes; its proof is asked for until it is kept."""

    scope = TextField(
        label=_("What may you do for them?"),
        max_length=200,
        required=False,
        help_text=_("Such as: everything about this complaint, or receive letters."),
    )
    valid_until = DayField(
        label=_("Until when does your right last?"),
        required=False,
        later=True,
        help_text=_("After that day you no longer see the complaint."),
    )
    proof = EvidenceField(
        label=_("Power of attorney or other official proof"),
        help_text=FILE_HINT,
        error_messages={
            "required": _("Add the power of attorney or other official proof")
        },
    )


class WhoForm(GuestFields):
    """Who writes, where nobody is signed in."""


# Pages --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Teller:
    """What decides which pages apply: who is there and what was said so far."""

    signed_in: bool
    alarmed: bool
    behalf: str

    @property
    def represents(self) -> bool:
        return self.behalf in Capacity.values


def teller_of(draft: Draft, user: "User | None") -> Teller:
    behalf = _fields(draft, "behalf").get("behalf", SELF)
    return Teller(user is not None, draft.complaint_id is not None, behalf)


def _fields(draft: Draft, page: str) -> Mapping[str, str]:
    found = draft.answers.get(page)
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Page:
    """One question page. ``code`` and ``half`` name fields drawn in that way;
    ``advised`` those that advice is given on as soon as they are left."""

    name: str
    title: Words
    form: type[forms.Form]
    applies: Callable[[Teller], bool] = lambda _teller: True
    lead: Words = ""
    code: frozenset[str] = frozenset()
    half: frozenset[str] = frozenset()
    advised: frozenset[str] = frozenset()

    @property
    def is_single(self) -> bool:
        """Whether its one field is the question."""
        return len(self.form.base_fields) == 1


class FilesForm(forms.Form):
    """One file at a time; the page comes again until there is no further one."""

    file = EvidenceField(label=_("A file"), required=False, help_text=FILE_HINT)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "add" in self.data and not data.get("file") and "file" not in self.errors:
            self.add_error("file", ValidationError(_("Choose a file first"), "none"))
        return data


def _fresh(teller: Teller) -> bool:
    return not teller.alarmed


def _represents(teller: Teller) -> bool:
    return not teller.alarmed and teller.represents


PAGES: tuple[Page, ...] = (
    Page("about", _("What is it about?"), AboutForm, _fresh),
    Page(
        "story",
        _("What happened?"),
        StoryForm,
        lead=_("Write it as you would tell it. We keep it as you go."),
    ),
    Page(
        "transaction",
        _("Which transaction is it about?"),
        TransactionForm,
        lead=_("Fill in what you know. The rest we look up in your account history."),
        code=frozenset({"transactions", "wallets", "orders"}),
        half=frozenset({"amount", "asset", "network"}),
        advised=frozenset({"amount", "transactions", "wallets"}),
    ),
    Page("when", _("When was it?"), WhenForm),
    Page("wish", _("What would put this right?"), WishForm),
    Page("files", _("Do you have files that show it?"), FilesForm),
    Page("behalf", _("For whom do you complain?"), BehalfForm, _fresh),
    Page("customer", _("Whom do you speak for?"), CustomerForm, _represents),
    Page(
        "mandate", _("By what right do you speak for them?"), MandateForm, _represents
    ),
    Page(
        "who",
        _("Who are you?"),
        WhoForm,
        lambda teller: not teller.alarmed and not teller.signed_in,
    ),
)


def pages_for(teller: Teller) -> list[Page]:
    """The pages that this person meets, in order."""
    return [page for page in PAGES if page.applies(teller)]


def page_named(name: str, teller: Teller) -> Page | None:
    return next((page for page in pages_for(teller) if page.name == name), None)


def form_of(page: Page, draft: Draft | None, *given: Any, **more: Any) -> forms.Form:
    """The form of a page, knowing which proof is kept with the draft."""
    form = page.form(*given, **more)
    if draft is not None and isinstance(form, MandateForm):
        kept = draft.files.filter(authority=True).exists()
        form.fields["proof"].required = not kept
    return form


def bound(page: Page, draft: Draft) -> forms.Form:
    """The form of a page with the answers that are kept, judged."""
    return form_of(page, draft, dict(_fields(draft, page.name)))


def judged(draft: Draft, teller: Teller) -> dict[str, forms.Form]:
    """The forms of all pages with the answers that are kept, judged, by page."""
    found = {page.name: bound(page, draft) for page in pages_for(teller)}
    for form in found.values():
        form.full_clean()
    return found


def filled(page: Page, draft: Draft) -> forms.Form:
    """The form of a page with the answers that are kept, not judged."""
    return form_of(page, draft, initial=dict(_fields(draft, page.name)))


def typed(page: Page, posted: Mapping[str, Any]) -> dict[str, str]:
    """What was typed into the fields of a page, fit to be kept."""
    fields = page.form.base_fields.items()
    names = [name for name, one in fields if not isinstance(one, forms.FileField)]
    kept = {name: str(posted.get(name) or "") for name in names}
    return {name: _storable(text) for name, text in kept.items()}


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def is_answered(page: Page, draft: Draft) -> bool:
    return page.name in draft.answers
