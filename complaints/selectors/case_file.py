"""The file of one case, read once for a page that shows or asks all of it.

After ``read_file`` the relations of the case hold their rows: whatever asks for
``case.points.all()`` or ``decision.sign_offs.all()`` costs nothing more. The case
itself must come from ``visible_to``; two statements read its file, however long.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from complaints.models import (
    CaseAccess,
    Clock,
    Complaint,
    ComplianceCheck,
    ComplianceNote,
    Conference,
    Conflict,
    Contact,
    Decision,
    Evidence,
    HandOver,
    Identifier,
    Instruction,
    InterimMeasure,
    LegalHold,
    Letter,
    LetterDispatch,
    Payout,
    Point,
    PointFinding,
    ProtectionRequest,
    Remedy,
    Representative,
    ResponsibilityShare,
    RootCause,
    SignOff,
    Task,
)
from complaints.together import Part, Shape, give, keep, refer
from teams.models import Absence, Team, User

OF_CASE: dict[str, Any] = {
    "points": Point,
    "identifiers": Identifier,
    "representatives": Representative,
    "conflicts": Conflict,
    "interim_measures": InterimMeasure,
    "protection_requests": ProtectionRequest,
    "clocks": Clock,
    "decisions": Decision,
    "remedies": Remedy,
    "evidence": Evidence,
    "accesses": CaseAccess,
    "tasks": Task,
    "hand_overs": HandOver,
    "legal_holds": LegalHold,
    "compliance_notes": ComplianceNote,
    "conferences": Conference,
}
"""Relations of a complaint whose rows are read as they are."""

OF_DECISION: dict[str, Any] = {
    "findings": PointFinding,
    "shares": ResponsibilityShare,
    "sign_offs": SignOff,
}

PEOPLE: dict[Any, tuple[str, ...]] = {
    ComplianceCheck: ("done_by",),
    ComplianceNote: ("made_by",),
    Conflict: ("user",),
    InterimMeasure: ("imposed_by", "reviewed_by"),
    ProtectionRequest: ("seen_by",),
    Decision: ("proposed_by",),
    Evidence: ("added_by",),
    HandOver: ("made_by",),
    LegalHold: ("set_by",),
    Absence: ("covered_by",),
    SignOff: ("signer",),
    Instruction: ("ordered_by", "answered_by"),
    LetterDispatch: ("posted_by",),
    Task: ("assignee", "made_by", "done_by"),
}
"""Whose names are shown: foreign keys to people."""


@dataclass(frozen=True)
class CaseFile:
    """What was read with a case and hangs on none of its relations.

    ``beside`` are the rows of whatever the page asked for as well, in its order.
    ``absences`` are those of the handler, past and to come.
    """

    teams: dict[int, Team]
    beside: list[list[Any]]
    absences: list[Absence]


def read_file(case: Complaint, *beside: QuerySet[Any] | Part) -> CaseFile:
    """Read what hangs on ``case``, but for its events and messages."""
    rows = _SHAPE.read(*beside, case=case.pk, customer=case.customer_id)
    found = dict(zip(_NAMES, rows, strict=False))
    for name in OF_CASE:
        give([case], name, found[name])
    give([case.customer], "contacts", found["contacts"])
    refer(found["accesses"], "team", {team.pk: team for team in found["teams"]})
    give([case], "letters", found["letters"])
    give(found["letters"], "dispatches", found["dispatches"])
    case._state.fields_cache["compliance_check"] = next(iter(found["checks"]), None)
    _give_decisions(found)
    _give_people(found.values())
    teams = {team.pk: team for team in found["teams"]}
    return CaseFile(teams, rows[len(_NAMES) :], found["absences"])


_NAMES = (
    *OF_CASE,
    *OF_DECISION,
    "named",
    "payouts",
    "instructions",
    "checks",
    "contacts",
    "teams",
    "letters",
    "dispatches",
    "absences",
    "causes",
)


def _wanted(case: int, customer: int) -> list[QuerySet[Any]]:
    """In the order of ``_NAMES``."""
    named = PointFinding.evidence.through.objects
    return [
        *(model.objects.filter(complaint=case) for model in OF_CASE.values()),
        *(m.objects.filter(decision__complaint=case) for m in OF_DECISION.values()),
        named.filter(pointfinding__decision__complaint=case),
        Payout.objects.filter(remedy__complaint=case),
        Instruction.objects.filter(remedy__complaint=case),
        ComplianceCheck.objects.filter(complaint=case),
        Contact.objects.filter(party=customer),
        Team.objects.all(),
        Letter.objects.filter(complaint=case).defer("body", "facts"),
        LetterDispatch.objects.filter(letter__complaint=case),
        Absence.objects.filter(user__handled=case),
        RootCause.objects.filter(
            code__in=Decision.objects.filter(complaint=case).order_by().values("cause")
        ),
    ]


_SHAPE = Shape(_wanted)


def _give_decisions(found: dict[str, list[Any]]) -> None:
    decisions = {row.pk: row for row in found["decisions"]}
    causes = {row.code: row for row in found["causes"]}
    for decision in decisions.values():
        decision.cause_row = causes.get(decision.cause)
    for name in OF_DECISION:
        give(decisions.values(), name, found[name])
    points = {row.pk: row for row in found["points"]}
    refer(found["findings"], "point", points)
    files = {row.pk: row for row in found["evidence"]}
    refer(files.values(), "derived_from", files)
    for finding in found["findings"]:
        pairs = (row for row in found["named"] if row.pointfinding_id == finding.pk)
        keep(finding, "evidence", [files[row.evidence_id] for row in pairs])
    for decision in decisions.values():
        theirs = [r for r in found["remedies"] if r.decision_id == decision.pk]
        keep(decision, "remedies", theirs)
    refer(found["remedies"], "decision", decisions)
    payouts = {row.remedy_id: row for row in found["payouts"]}
    give(found["remedies"], "instructions", found["instructions"])
    for remedy in found["remedies"]:
        remedy._state.fields_cache["payout"] = payouts.get(remedy.pk)


def _give_people(found: Iterable[list[Any]]) -> None:
    rows = list(chain.from_iterable(found))
    shown = [(row, name) for row in rows for name in PEOPLE.get(type(row), ())]
    keys = {getattr(row, f"{name}_id") for row, name in shown} - {None}
    people = User.objects.in_bulk(keys)
    for row, name in shown:
        refer([row], name, people)
