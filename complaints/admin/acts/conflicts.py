"""Conflicts of interest: one's own, and somebody else's."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.admin.acts.act import Act
from complaints.admin.forms import CaseForm
from complaints.models import Complaint
from complaints.models.access import ConflictKind
from complaints.permissions import Viewer, leads
from complaints.services import protect
from teams.models import User
from teams.models.user import UserKind


class ConflictForm(CaseForm):
    """One's own conflict of interest."""

    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[(k.value, k.label) for k in ConflictKind if k != "earlier_stage"],
        initial=ConflictKind.DECLARED,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class NameConflictForm(ConflictForm):
    """Somebody else's, by a lead: who, and why, so that it can be looked into."""

    KINDS = (ConflictKind.RELATED, ConflictKind.NAMED)

    user = forms.ModelChoiceField(
        label=_("Who"), queryset=User.objects.none(), empty_label=_("Choose")
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The person may read it."),
        max_length=300,
    )
    field_order = ("user", "kind", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(k.value, k.label) for k in self.KINDS]  # type: ignore[attr-defined]
        self.fields["kind"].initial = ConflictKind.RELATED
        staff = User.objects.filter(kind=UserKind.STAFF, is_active=True)
        rows = staff.order_by("first_name", "last_name", "username")
        self.fields["user"].queryset = rows  # type: ignore[attr-defined]


def _declare(case: Complaint, viewer: Viewer, form: Any) -> object:
    data = form.cleaned_data
    return protect.record_conflict(
        complaint=case,
        user=viewer.user,
        kind=data["kind"],
        reason=data["reason"],
        actor=viewer,
    )


def _name(case: Complaint, viewer: Viewer, form: Any) -> object:
    return protect.record_conflict(complaint=case, actor=viewer, **form.cleaned_data)


def _staff(_case: Complaint, viewer: Viewer) -> bool:
    return viewer.is_staff


ACTS: Mapping[str, Act] = {
    "conflict": Act(
        _("Declare a conflict of interest"),
        _("Declare it"),
        _("Your conflict of interest is on record."),
        ConflictForm,
        _staff,
        _declare,
        "people",
    ),
    "name-conflict": Act(
        _("Record somebody's conflict of interest"),
        _("Record it"),
        _("The conflict of interest is on record."),
        NameConflictForm,
        leads,
        _name,
        "people",
    ),
}
