"""What a panel of three has said so far: rows read, nothing written."""

import hashlib
import json
from typing import Any

SEATS = (2, 3)
"""The reviewer has the first."""


def is_panel(appeal: Any) -> bool:
    return bool(appeal.panel_why)


def members(appeal: Any) -> list[Any]:
    """The seats that are taken, in their order."""
    return list(appeal.seats.filter(left_at=None).select_related("user"))


def ruling_hash(appeal: Any) -> str:
    """SHA-256 over all that a member says yes or no to."""
    new = appeal.new_decision
    grounds = appeal.grounds.order_by("number")
    content = [
        appeal.outcome,
        appeal.ruling_summary,
        appeal.ruling_reasons,
        list(grounds.values_list("number", "accepted", "answer")),
        new.content_hash if new else "",
    ]
    text = json.dumps(content, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def is_ready(appeal: Any) -> bool:
    """Whether there is a whole ruling to vote on."""
    words = appeal.outcome and appeal.ruling_summary and appeal.ruling_reasons
    open_grounds = appeal.grounds.filter(accepted=None).exists()
    return bool(words) and not open_grounds


def has_voted(seat: Any, present: str) -> bool:
    return bool(seat.vote) and seat.ruling_sha256 == present


def dissents(appeal: Any) -> list[str]:
    """What those wrote who saw it differently, without their names."""
    rows = appeal.seats.filter(left_at=None, vote="dissents")
    return list(rows.values_list("reasons", flat=True))
