"""The page of one appeal: the appeal and its file first, then how it was decided."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from appeals import selectors
from appeals.models import Appeal, FiledItem, Referral
from appeals.models.file import EVENT
from appeals.services import new_since, unfaithful
from appeals.services.new_decision import why_not_sign
from appeals.services.reviewers import may_choose
from complaints.admin.clock_lines import clock_lines
from complaints.admin.moves import buttons_of
from complaints.models import Decision, Message
from complaints.permissions import Viewer
from complaints.registry import lacks_of
from complaints.selectors.signers import signatures
from complaints.states import AppealState, DecisionStatus


def appeal_context(appeal: Appeal, viewer: Viewer) -> dict[str, Any]:
    """Everything the template shows, read once."""
    case = appeal.complaint
    buttons = buttons_of(appeal, viewer)
    reviews = appeal.reviewer_id == viewer.user.pk
    writes = reviews and appeal.state == AppealState.REVIEWING
    number = str(appeal.pk)
    lines = [
        line
        for line in clock_lines(case, timezone.now())
        if line.clock.subject == number
    ]
    return {
        "appeal": appeal,
        "case": case,
        "clocks": lines,
        "open_moves": [b for b in buttons if b.offer.allowed],
        "refused_moves": [b for b in buttons if not b.offer.allowed],
        "lacks": lacks_of(case) if appeal.in_hand else [],
        "grounds": list(appeal.grounds.select_related("point")),
        "referral": Referral.objects.filter(appeal=appeal).first(),
        **_file(appeal),
        "fresh": new_since(appeal),
        "unfaithful": {item.pk for item in unfaithful(appeal)},
        "explanation": selectors.late_explanation(appeal),
        "letter": selectors.ruling_letter(appeal),
        "writes": writes,
        "may_choose": may_choose(viewer) and appeal.in_hand and not appeal.reviewer_id,
        "first": _decisions(appeal),
        **_new_decision(appeal, viewer, writes),
    }


def _file(appeal: Appeal) -> dict[str, Any]:
    """Each document of the file with the way to read it, and each event of it."""
    rows = list(appeal.file.all())
    papers = [row for row in rows if row.kind != EVENT]
    return {
        "file": _papers(appeal, papers),
        "filed_events": [row for row in rows if row.kind == EVENT],
    }


def _papers(appeal: Appeal, rows: list[FiledItem]) -> list[dict[str, Any]]:
    texts = _texts(rows)
    links = _links(appeal, rows)
    return [
        {
            "item": row,
            "text": texts.get(row.object_id) if row.kind in _MESSAGES else None,
            "url": links.get((row.kind, row.object_id), ""),
        }
        for row in rows
    ]


_MESSAGES = frozenset({"message_in", "message_out", "note"})


def _texts(rows: list[FiledItem]) -> dict[int, Message]:
    keys = [row.object_id for row in rows if row.kind in _MESSAGES]
    return Message.objects.in_bulk(keys)


def _links(appeal: Appeal, rows: list[FiledItem]) -> dict[tuple[str, int], str]:
    case = appeal.complaint
    numbers = dict(case.evidence.values_list("pk", "number"))
    links = {
        ("evidence", pk): reverse(
            "admin:complaints_complaint_evidence", args=(case.pk, number)
        )
        for pk, number in numbers.items()
    }
    for row in rows:
        if row.kind == "letter":
            links["letter", row.object_id] = reverse(
                "admin:complaints_complaint_letter", args=(case.pk, row.object_id)
            )
        elif row.kind == "decision":
            links["decision", row.object_id] = f"#first-{row.object_id}"
        elif row.kind == "complaint":
            links["complaint", row.object_id] = "#complaint"
    return links


def _decisions(appeal: Appeal) -> list[dict[str, Any]]:
    """What the first stage decided, the one under appeal first."""
    rows = appeal.complaint.decisions.filter(on_appeal=False, proposed_at__isnull=False)
    rows = rows.select_related("proposed_by").order_by("-number")
    return [decision_context(row) for row in rows]


def decision_context(decision: Decision) -> dict[str, Any]:
    findings = decision.findings.select_related("point").prefetch_related("evidence")
    return {
        "decision": decision,
        "findings": list(findings),
        "shares": list(decision.shares.all()),
        "signatures": signatures(decision),
        "remedies": list(decision.remedies.all()),
    }


def _new_decision(appeal: Appeal, viewer: Viewer, writes: bool) -> dict[str, Any]:
    """The decision that the ruling would bring, and what this viewer may do to it."""
    rows = appeal.complaint.decisions.filter(on_appeal=True)
    if appeal.new_decision_id is None:
        rows = rows.filter(status=DecisionStatus.DRAFT)
    else:
        rows = rows.filter(pk=appeal.new_decision_id)
    new = rows.order_by("-number").first()
    proposed = new is not None and new.status == DecisionStatus.PROPOSED
    in_review = appeal.state == AppealState.REVIEWING
    refusals = (
        why_not_sign(appeal, new, viewer) if new and proposed and in_review else []
    )
    signs = proposed and in_review and not writes
    return {
        "new": decision_context(new) if new else None,
        "may_draft": writes and not appeal.is_against_refusal and not proposed,
        "may_propose": writes and new is not None and not proposed,
        "may_sign": signs and not refusals,
        "may_return": (signs and not refusals) or (writes and proposed),
        "sign_refusals": refusals if signs else [],
    }
