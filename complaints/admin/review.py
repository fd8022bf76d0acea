"""What a signer reads before their name stands under it (trust.md U38).

Who proposed what, on which evidence, worth how much at which rate, and what changed
since the version before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint, Decision, Event
from complaints.permissions import Viewer
from complaints.selectors.signers import signatures
from complaints.services.letter_preview import decision_sheet
from complaints.states import DecisionStatus, Executor, SignOffRole
from complaints.templatetags.look import amount

REVIEWED = frozenset({"sign_off", "approve_decision", "return_decision"})
"""Moves whose page shows what is decided; none of them is done at one press."""


@dataclass(frozen=True)
class Change:
    """One line that differs from the version before; empty where there was none."""

    what: str
    was: str
    now: str


def review_of(case: Complaint, viewer: Viewer) -> dict[str, Any] | None:
    """Everything the page shows of the proposed decision, None where there is none."""
    decision = case.current_decision(DecisionStatus.PROPOSED)
    if decision is None:
        return None
    before = case.decisions.filter(number__lt=decision.number).last()
    capacity = decision.capacity_for(viewer)
    return {
        "decision": decision,
        "findings": decision.findings.select_related("point").prefetch_related(
            "evidence"
        ),
        "shares": list(decision.shares.all()),
        "remedies": decision.live_remedies(),
        "signatures": signatures(decision),
        "capacity": SignOffRole(capacity).label if capacity else "",
        "before": before,
        "changes": list(changes(before, decision)) if before else [],
        "returned": _returned_with(case) if before else "",
        "precedents": decision.precedents.count(),
        "sheet": decision_sheet(case, decision, now=timezone.now()),
    }


def _returned_with(case: Complaint) -> str:
    """The words with which the version before was sent back."""
    rows = Event.objects.filter(stream=case.stream, what="return_decision")
    event = rows.order_by("-seq").prefetch_related("texts").first()
    return "\n".join(row.text for row in event.texts.all()) if event else ""


def changes(before: Decision, now: Decision) -> Iterator[Change]:
    """What differs between two versions, in the order of the page."""
    old, new = _said(before), _said(now)
    for what in dict.fromkeys([*new, *old]):
        was, is_now = old.get(what, ""), new.get(what, "")
        if was != is_now:
            yield Change(what, was, is_now)


def _said(decision: Decision) -> dict[str, str]:
    """Each part of a decision in words, by what it is called on the page."""
    departs = decision.departure_reason if decision.departs else ""
    parts = {
        _("Outcome"): str(decision.get_outcome_display()),
        _("Outcome in one sentence"): decision.summary,
        _("Reasons"): decision.reasons,
        _("What we change"): decision.what_changes,
        _("Provisional root cause"): decision.cause_label,
        _("Why it departs"): departs,
        _("Responsibility"): _shares(decision),
    }
    for row in decision.findings.select_related("point").prefetch_related("evidence"):
        title = _("Point %(number)s") % {"number": row.point.number}
        files = ", ".join(file.label for file in row.evidence.all())
        lines = (str(row.get_outcome_display()), row.reasons, row.rule, files)
        parts[title] = "\n".join(filter(None, lines))
    for number, remedy in enumerate(_remedies(decision), start=1):
        parts[_("Remedy %(number)s") % {"number": number}] = remedy
    return parts


def _shares(decision: Decision) -> str:
    shares = decision.shares.all()
    return ", ".join(f"{row.get_bearer_display()} {row.percent} %" for row in shares)


def _remedies(decision: Decision) -> Iterator[str]:
    """A returned decision's remedies were cancelled when they were copied."""
    rows = decision.remedies.all()
    live = decision.live_remedies() or rows
    for row in live:
        money = ""
        if row.amount is not None:
            worth = f"{amount(row.reporting_value)} {row.reporting_currency}"
            money = f"{amount(row.amount)} {row.asset} ({worth})"
        accepted = _("only if the customer accepts") if row.on_acceptance else ""
        lines = (row.get_kind_display(), row.description, money, row.destination)
        how = Executor(row.executor).label
        yield "\n".join(str(line) for line in (*lines, accepted, how) if line)
