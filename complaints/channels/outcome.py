"""Taking hold of a stored message, and writing down what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from complaints.channels.inbound import Inbound
from complaints.channels.known import way_of
from complaints.channels.safetext import one_line
from complaints.channels.work import Verdict, Work
from complaints.masking import holds_mask, mask
from complaints.models import RawMessage
from complaints.states import Intake

TITLED_BY = 2_000
"""Characters of a text that are looked at for its first words."""


def claim(row: RawMessage, *, source: str) -> bool:
    """Take hold of the row while its outcome is ``source``; in a transaction.

    Of many at once one gets it; the others wait for its transaction and are told no,
    since ``keep`` follows in it. SQLite has one writer at a time anyway.
    """
    locked = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM complaints_rawmessage"  # noqa: S608
            f" WHERE id = %s AND outcome = %s{locked}",
            [row.pk, str(source)],
        )
        return cursor.fetchone() is not None


def keep(work: Work, verdict: Verdict, **columns: Any) -> dict[str, Any]:
    """Write the verdict on the claimed row; the columns that were written.

    The bytes of a mail that held the key to a wallet go once it is decided; their
    hash stays. While a person still has to decide, nothing else holds the message.
    """
    inbound = work.inbound
    said = {inbound.subject, inbound.text, inbound.full_text}
    secret = any(holds_mask(mask(text)) for text in said)
    emptied = secret and verdict.outcome != Intake.HELD
    known = {
        **({"secret_removed": True} if emptied else {}),
        **inbound.authentication,
        **({"automatic": inbound.automatic} if inbound.automatic else {}),
        # What our answers name; the bytes may be gone by then.
        **({"message_id": inbound.message_id} if inbound.message_id else {}),
        **({"problems": list(inbound.problems)} if inbound.problems else {}),
        **verdict.facts,
    }
    changes: dict[str, Any] = {
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "complaint": verdict.complaint,
        "sender": one_line(inbound.sender.address or inbound.sender.handle, 254),
        "subject": _title(inbound),
        "verdicts": known,
        "received_at": work.received_at,
        "decided_at": work.now,
        **({"raw": b""} if emptied else {}),
    }
    _change(work.raw.pk, changes | columns)
    settled = way_of(work.raw.provider).settled
    if verdict.complaint is not None and settled is not None:
        settled(work, verdict)
    return changes | columns


def _title(inbound: Inbound) -> str:
    """The subject, or the first words of what has none, such as a post. Masked before
    it is cut: half of a secret is not known for one."""
    return one_line(mask(inbound.subject or inbound.text[:TITLED_BY]), 255)


def _change(pk: int, changes: Mapping[str, Any]) -> None:
    """Update the row; the same columns for each message, so nothing is compiled."""
    fields: dict[str, Any] = {name: _column(name) for name in changes}
    values = [
        fields[name].get_db_prep_save(getattr(value, "pk", value), connection)
        for name, value in changes.items()
    ]
    names = ", ".join(f"{each.column} = %s" for each in fields.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE complaints_rawmessage SET {names} WHERE id = %s",  # noqa: S608
            [*values, pk],
        )


def _column(name: str) -> Any:
    return RawMessage._meta.get_field(name)
