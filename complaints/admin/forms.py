"""Forms and parts of forms that more than one page of a case uses."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.admin.move_form import TEXT_LIMIT
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.states import CareKind, Channel

STAFF_CHANNELS = (Channel.PHONE, Channel.LETTER, Channel.CHAT, Channel.TICKET)
"""How a complaint reaches a person who writes it down; others arrive by themselves."""


def in_two_days() -> datetime:
    """What is offered as a limit for another team."""
    return timezone.localtime() + timedelta(days=2)


def textarea(rows: int = 5) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CaseForm(forms.Form):
    """A form about one case; subclasses limit their choices to that case, and to what
    ``viewer`` may choose."""

    def __init__(
        self, *args: Any, case: Complaint, viewer: Viewer, **kwargs: Any
    ) -> None:
        self.case, self.viewer = case, viewer
        super().__init__(*args, **kwargs)


class WriteForm(forms.Form):
    """Reply or note: two forms of one shape, told apart by their prefix.

    ``base`` is when the draft on the page was kept; empty where there was none.
    """

    base = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text"), max_length=TEXT_LIMIT, widget=textarea(), strip=False
    )


class CareForm(CaseForm):
    """Why a customer needs particular care; read by few."""

    kind = forms.ChoiceField(
        label=_("Why"), choices=CareKind.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("What helps this customer"),
        help_text=_(
            "No more than is needed. Leads of the team and the head read it, and each "
            "reading is on the ledger; it goes when the marker is lifted."
        ),
        max_length=2_000,
        required=False,
        widget=textarea(4),
    )


class BreakGlassForm(forms.Form):
    reference = forms.CharField(label=_("Reference"), max_length=40)
    reason = forms.CharField(
        label=_("Why you must see this case"),
        help_text=_("Opens it for one hour. It stands on the ledger of the case."),
        max_length=2_000,
        widget=textarea(3),
    )
