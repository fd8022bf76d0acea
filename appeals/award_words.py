"""The award as one text: what is voted on, what is made, what is paid by it."""

import hashlib
import json
from typing import Any

from complaints.models.amount import digits
from complaints.states import Finding, Outcome


def award_hash(award: Any) -> str:
    """SHA-256 over all that an arbitrator says yes to."""
    content = [
        award.summary,
        award.reasons,
        award.comply_by.isoformat() if award.comply_by else "",
        [[p.point_id, p.finding, p.reasons] for p in award.points.order_by("point_id")],
        [_remedy(row) for row in award.remedies.order_by("number")],
    ]
    text = json.dumps(content, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _remedy(row: Any) -> list[str]:
    return [
        row.kind,
        row.description,
        digits(row.amount),
        row.asset,
        row.due_on.isoformat(),
    ]


def outcome_of(award: Any) -> Outcome:
    """What the award comes to for the register, from its findings."""
    found = {point.finding for point in award.points.all()}
    if found and found <= {Finding.UPHELD}:
        return Outcome.UPHELD
    if found & {Finding.UPHELD, Finding.PARTLY_UPHELD}:
        return Outcome.PARTLY_UPHELD
    owed = award.remedies.exists()
    return Outcome.REDRESS_WITHOUT_ACCEPTING if owed else Outcome.NOT_UPHELD
