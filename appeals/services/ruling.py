"""The reviewer's work before the ruling: an answer to each ground, and the words."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.models import Appeal, Ground
from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.permissions import Viewer, as_viewer
from complaints.states import AppealState, RulingOutcome

if TYPE_CHECKING:
    from teams.models import User

TEXT_LIMIT = 20_000


def reviewed_row(appeal: Appeal, viewer: Viewer) -> Appeal:
    """The row as it is now, held, for the reviewer who has it under review.

    Raises ``NotVisible``, ``NotPermitted`` (another's) or ``IllegalMove``.
    """
    ledger.lock(appeal.stream)
    row = Appeal.objects.visible_to(viewer).filter(pk=appeal.pk).first()
    if row is None:
        raise NotVisible
    if row.reviewer_id != viewer.user.pk:
        raise NotPermitted
    if row.state != AppealState.REVIEWING:
        raise IllegalMove
    return row


@transaction.atomic
def answer_ground(
    *,
    ground: Ground,
    accepted: bool,
    answer: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Ground:
    """Say whether a ground is right, and why."""
    viewer = as_viewer(actor)
    row = reviewed_row(ground.appeal, viewer)
    ground.accepted, ground.answer = accepted, _text(answer, "answer")
    ground.save(update_fields=["accepted", "answer"])
    payload = {"appeal": row.pk, "ground": ground.number, "accepted": accepted}
    record(row, "ground_answered", viewer, now or timezone.now(), payload)
    return ground


@transaction.atomic
def write_ruling(
    *,
    appeal: Appeal,
    outcome: str,
    summary: str,
    reasons: str,
    actor: "User | Viewer",
    lesson: str = "",
    now: datetime | None = None,
) -> Appeal:
    """Write what is to be ruled; ``perform(appeal, "rule")`` makes it so.

    ``lesson`` goes to the first team, never to the customer.
    """
    viewer = as_viewer(actor)
    row = reviewed_row(appeal, viewer)
    columns = {
        "outcome": _outcome(row, outcome),
        "ruling_summary": _text(summary, "summary"),
        "ruling_reasons": _text(reasons, "reasons"),
        "lesson": _text(lesson, "lesson", needed=False),
    }
    Appeal.objects.filter(pk=row.pk).update(**columns)
    payload = {"appeal": row.pk, "outcome": outcome}
    record(row, "ruling_written", viewer, now or timezone.now(), payload)
    for name, value in columns.items():
        setattr(appeal, name, value)
    return appeal


def _outcome(appeal: Appeal, outcome: str) -> str:
    if outcome not in RulingOutcome.values:
        raise InvalidInput(_("This is not one of the choices."), field="outcome")
    two_ways = (RulingOutcome.CONFIRMED, RulingOutcome.OVERTURNED)
    if appeal.is_against_refusal and outcome not in two_ways:
        raise InvalidInput(
            _("A refusal is either confirmed or overturned."), field="outcome"
        )
    return outcome


def _text(text: str, field: str, *, needed: bool = True) -> str:
    kept = text.strip()
    if needed and not kept:
        raise InvalidInput(_("Write something first."), field=field, code="empty")
    if len(kept) > TEXT_LIMIT:
        raise InvalidInput(
            _("This is longer than we can keep (20,000 characters)."),
            field=field,
            code="too_long",
        )
    return kept


def record(
    appeal: Appeal, what: str, viewer: Viewer, now: datetime, payload: dict[str, Any]
) -> None:
    """One event about the reviewer's work on the case's stream."""
    ledger.append(appeal.stream, ledger.Entry(what, viewer, now, payload))
