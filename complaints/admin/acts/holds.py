"""Legal holds: set and lifted."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.admin.acts.act import Act, Quote
from complaints.admin.forms import CaseForm, textarea
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.services.privacy import retention
from complaints.services.privacy.retention import REASON_LIMIT


class HoldForm(CaseForm):
    reason = forms.CharField(
        label=_("What it is kept for"),
        help_text=_(
            "The dispute or order, such as its file number. Staff alone read it."
        ),
        max_length=REASON_LIMIT,
        widget=textarea(3),
    )


def _hold(case: Complaint, viewer: Viewer, form: Any) -> object:
    reason = form.cleaned_data["reason"]
    return retention.hold(complaint=case, reason=reason, actor=viewer)


def _lift_hold(case: Complaint, viewer: Viewer, _form: Any) -> object:
    retention.lift(complaint=case, actor=viewer)
    return None


def _kept_for(case: Complaint, _viewer: Viewer) -> list[Quote]:
    """What it is kept for, while it is."""
    holds = case.legal_holds.filter(lifted_at=None).select_related("set_by")
    return [
        Quote(_("%(who)s set it") % {"who": hold.set_by}, hold.set_at, hold.reason)
        for hold in holds
    ]


def _is_held(case: Complaint) -> bool:
    return any(hold.lifted_at is None for hold in case.legal_holds.all())


def _holds(case: Complaint, viewer: Viewer) -> bool:
    free = case.erased_at is None and not _is_held(case)
    return retention.holds_any(viewer) and free


def _lifts(case: Complaint, viewer: Viewer) -> bool:
    return retention.holds_any(viewer) and _is_held(case)


ACTS: Mapping[str, Act] = {
    "hold": Act(
        _("Keep it for a legal dispute"),
        _("Set the hold"),
        _("The case is kept until the hold is lifted."),
        HoldForm,
        _holds,
        _hold,
        "hold",
    ),
    "lift-hold": Act(
        _("Lift the legal hold"),
        _("Lift it"),
        _("The hold is lifted; the time of keeping counts again."),
        CaseForm,
        _lifts,
        _lift_hold,
        "hold",
        _kept_for,
    ),
}
