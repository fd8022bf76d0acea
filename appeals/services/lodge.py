"""Lodging an appeal: one transaction, one row, one frozen file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals import subject
from appeals.models import Appeal, FiledItem, Ground
from appeals.services import file, reviewers
from complaints import ledger, notifications, timing
from complaints.errors import InvalidInput, NotVisible
from complaints.masking import holds_mask, mask
from complaints.models import Complaint, Point
from complaints.permissions import Viewer, as_viewer
from complaints.registry import Done
from complaints.services.correspond import warn_of_secret
from complaints.states import AppealGroundKind, AppealState, Step
from complaints.workflow import perform
from teams.system import system_actor

if TYPE_CHECKING:
    from teams.models import User

TEXT_LIMIT = 20_000
MOST_GROUNDS = 30


@dataclass(frozen=True, kw_only=True)
class NewGround:
    """Why the decision is wrong, and on which point; no point means the whole."""

    kind: str
    text: str
    point: Point | None = None


def lodge(
    *,
    complaint: Complaint,
    grounds: Sequence[NewGround],
    statement: str,
    actor: "User | Viewer",
    desired_outcome: str = "",
    late_reason: str = "",
    customer_word: str = "",
    now: datetime | None = None,
) -> Appeal:
    """Lodge an appeal against the last word on ``complaint`` and freeze its file.

    ``customer_word`` is how the customer said so, where staff record it. Raises what
    ``perform`` raises, and ``InvalidInput`` for grounds that cannot be kept or a late
    appeal without a reason; then nothing has changed.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    texts = {
        "statement": mask(statement).strip(),
        "desired_outcome": mask(desired_outcome).strip(),
        "late_reason": mask(late_reason).strip(),
    }
    grounds = [replace(ground, text=mask(ground.text)) for ground in grounds]
    word = {"customer_word": customer_word} if customer_word else {}
    with transaction.atomic():
        appeal = _lodge(complaint, viewer, moment, grounds, word, **texts)
        if holds_mask([*texts.values(), *(ground.text for ground in grounds)]):
            warn_of_secret(complaint, now=moment)
        return appeal


def _lodge(
    complaint: Complaint,
    viewer: Viewer,
    now: datetime,
    grounds: Sequence[NewGround],
    word: dict[str, Any],
    **texts: str,
) -> Appeal:
    if not Complaint.objects.status_visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
    head = ledger.lock(complaint.stream)
    end = {"file_seq": head.seq, "file_head": head.head}
    in_time = subject.within_window(complaint, now)
    decision = subject.decision_in_force(complaint)
    _close_older(complaint, now)
    perform(complaint, "lodge_appeal", actor=viewer, now=now, **word)
    _check(complaint, grounds, in_time, texts)
    appeal = Appeal.objects.create(
        complaint=complaint,
        decision=decision,
        first_proposer=decision.proposed_by if decision else None,
        lodged_at=now,
        lodged_by=viewer.user,
        in_time=in_time,
        **end,
        **texts,
    )
    _write_grounds(appeal, grounds)
    items = file.freeze(appeal)
    _begin(appeal, viewer, now, items)
    return appeal


def _close_older(complaint: Complaint, now: datetime) -> None:
    """A ruling whose case was decided anew makes room for an appeal on that."""
    ended = (AppealState.RULED, AppealState.DISCONTINUED)
    for older in complaint.appeals.filter(state__in=ended):
        perform(older, "close", actor=system_actor(), now=now)


def _begin(
    appeal: Appeal, viewer: Viewer, now: datetime, items: list[FiledItem]
) -> None:
    """The birth on the ledger, its clock, who may see it, its reviewer, its notice."""
    payload = {
        "appeal": appeal.pk,
        "decision": appeal.decision.number if appeal.decision else None,
        "grounds": list(appeal.grounds.values_list("kind", flat=True)),
        "in_time": appeal.in_time,
        "file": len(items),
        "file_sha256": file.list_hash(items),
    }
    entry = ledger.Entry("appeal_lodged", viewer, now, payload)
    event = ledger.append(appeal.stream, entry)
    start_clock(appeal, Step.APPEAL_ADMIT, now=now)
    reviewers.let_leads_in(appeal, now=now)
    reviewers.give_reviewer(appeal, now=now)
    notifications.announce(Done.of_event(appeal, event, viewer))


def start_clock(appeal: Any, step: Step, *, now: datetime) -> None:
    """A limit of this appeal begins; the customer's own clocks stay as they are."""
    timing.new_clock(appeal.complaint, step, now=now, subject=str(appeal.pk)).save()
    timing.refresh_next_due(appeal.complaint)


def _write_grounds(appeal: Appeal, grounds: Sequence[NewGround]) -> None:
    Ground.objects.bulk_create(
        Ground(
            appeal=appeal,
            number=number,
            kind=ground.kind,
            point=ground.point,
            text=ground.text.strip(),
        )
        for number, ground in enumerate(grounds, start=1)
    )


# What cannot be kept ------------------------------------------------------------------


def _check(
    complaint: Complaint,
    grounds: Sequence[NewGround],
    in_time: bool,
    texts: dict[str, str],
) -> None:
    if not grounds:
        raise InvalidInput(
            _("Choose at least one ground."), field="grounds", code="empty"
        )
    if len(grounds) > MOST_GROUNDS:
        raise InvalidInput(_("These are too many grounds."), field="grounds")
    for ground in grounds:
        _check_ground(complaint, ground)
    for name, text in texts.items():
        _check_length(name, text)
    if not in_time and not texts["late_reason"]:
        raise InvalidInput(
            _("The time to appeal has ended. Tell us why you appeal now."),
            field="late_reason",
            code="late",
        )


def _check_ground(complaint: Complaint, ground: NewGround) -> None:
    if ground.kind not in AppealGroundKind.values:
        raise InvalidInput(_("This is not one of the choices."), field="grounds")
    if ground.point is not None and ground.point.complaint_id != complaint.pk:
        raise InvalidInput(_("This belongs to another case."), field="grounds")
    if not ground.text.strip():
        raise InvalidInput(
            _("Say in a sentence what is wrong."), field="grounds", code="empty"
        )
    _check_length("grounds", ground.text)


def _check_length(name: str, text: str) -> None:
    if len(text) > TEXT_LIMIT:
        raise InvalidInput(
            _("This is longer than we can keep (20,000 characters)."),
            field=name,
            code="too_long",
        )
    if "\x00" in text:
        raise InvalidInput(_("This text holds characters we cannot keep."), field=name)
