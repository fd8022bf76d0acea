"""Guards of a proposal: what a reasoned decision must hold (RTS 2025/294 Art 6)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from complaints.format import listed
from complaints.states import DecisionStatus
from complaints.together import rows_of
from complaints.transitions import Ask, Refusal


def decision_drafted(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    if complaint.current_decision(DecisionStatus.DRAFT) is None:
        yield Refusal("no_draft", _("There is no draft of the decision yet."))


def every_point_found(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Each point raised has a finding (RTS 2025/294 Art 6(1))."""
    draft = complaint.current_decision(DecisionStatus.DRAFT)
    found = {finding.point_id for finding in draft.findings.all()} if draft else set()
    points = complaint.points.all()
    numbers = [str(point.number) for point in points if point.pk not in found]
    if not points:
        yield Refusal("no_points", _("Write down the points raised first."))
    elif numbers:
        yield Refusal(
            "points_open",
            ngettext_lazy(
                "Point %(numbers)s has no finding.",
                "Points %(numbers)s have no finding.",
                len(numbers),
            )
            % {"numbers": listed(numbers)},
        )


def shares_complete(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    draft = complaint.current_decision(DecisionStatus.DRAFT)
    total = sum(share.percent for share in draft.shares.all()) if draft else 0
    if draft and total != 100:
        yield Refusal(
            "shares_incomplete",
            _("Shares of responsibility add to %(total)s %%.") % {"total": total},
        )


def evidence_named(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Each finding names its evidence or says that there is none."""
    draft = complaint.current_decision(DecisionStatus.DRAFT)
    if draft is None:
        return
    numbers = [
        str(finding.point.number)
        for finding in rows_of(draft.findings, "evidence", "point")
        if not finding.no_evidence and not finding.evidence.all()
    ]
    if numbers:
        yield Refusal(
            "evidence_missing",
            _("Name the evidence for point %(numbers)s, or say there is none.")
            % {"numbers": listed(numbers)},
        )


def precedents_considered(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Similar decisions were looked at, a departure is justified (Art 6(1))."""
    draft = complaint.current_decision(DecisionStatus.DRAFT)
    if draft is None:
        return
    if not draft.precedents_seen:
        yield Refusal("precedents_unseen", _("Similar decisions were not looked at."))
    elif draft.outcome and not draft.departs and _stands_alone(draft):
        yield Refusal(
            "departure_unsaid",
            _(
                "None of the similar decisions came to this outcome. Say that this one "
                "departs from them, and why."
            ),
        )
    if draft.departs and not draft.departure_reason:
        yield Refusal(
            "departure_unjustified",
            _("Say why this decision departs from the similar ones."),
        )


def _stands_alone(draft: Any) -> bool:
    """No decision that was looked at came to the outcome of this one."""
    outcomes = {precedent.outcome for precedent in draft.precedents.all()}
    return bool(outcomes) and draft.outcome not in outcomes


def reasons_given(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    draft = complaint.current_decision(DecisionStatus.DRAFT)
    if draft is None:
        return
    if not draft.reasons.strip() or not draft.summary.strip():
        yield Refusal("no_reasons", _("Write the outcome and the reasons."))
    if not draft.cause:
        yield Refusal("no_cause", _("Choose a provisional root cause."))


def money_valued(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Every payment has an amount and a value, so that the band can be told."""
    draft = complaint.current_decision(DecisionStatus.DRAFT)
    if draft is None:
        return
    if any(
        remedy.is_money and not remedy.is_valued for remedy in draft.live_remedies()
    ):
        yield Refusal(
            "money_unvalued", _("Give every payment an amount, a rate and a value.")
        )
