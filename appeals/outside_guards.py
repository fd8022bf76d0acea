"""What must be true of the outside stage before it moves."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.states import SETTLED_REMEDY_STATES, DecisionStatus, State
from complaints.transitions import Ask, Refusal


def _seated(referral: Any) -> list[Any]:
    rows = referral.seats.filter(left_at=None).select_related("arbitrator")
    return list(rows)


def all_seated(referral: Any, ask: Ask) -> Iterator[Refusal]:
    """Every seat is taken by somebody who declared that nothing ties them."""
    rows = [row for row in _seated(referral) if row.accepted_at is not None]
    if len(rows) < referral.wanted:
        yield Refusal("seats_open", _("Not every arbitrator has accepted yet."))
    yield from still_independent(referral, ask)


def still_independent(referral: Any, _ask: Ask) -> Iterator[Refusal]:
    from appeals.arbitrators import is_independent  # noqa: PLC0415 - reads models

    rows = _seated(referral)
    if not all(is_independent(referral, row.arbitrator) for row in rows):
        words = _("An arbitrator is not independent of this case any more.")
        yield Refusal("arbitrator_tied", words)


def objections_decided(referral: Any, _ask: Ask) -> Iterator[Refusal]:
    """Nobody makes an award while a side says that they should not."""
    waiting = referral.objections.filter(decided_at=None, seat__left_at=None)
    if waiting.exists():
        words = _("An objection to an arbitrator is not decided yet.")
        yield Refusal("objection_open", words)


def award_written(referral: Any, _ask: Ask) -> Iterator[Refusal]:
    award = _award(referral)
    if award is None or not (award.summary and award.reasons):
        yield Refusal("no_award", _("Write the award and its reasons first."))


def points_found(referral: Any, _ask: Ask) -> Iterator[Refusal]:
    """Every point of the complaint has a finding with reasons."""
    award = _award(referral)
    found = award.points.exclude(reasons="") if award else None
    done = set(found.values_list("point_id", flat=True)) if found is not None else set()
    rows = referral.complaint.points.exclude(pk__in=done)
    numbers = [str(number) for number in rows.values_list("number", flat=True)]
    if numbers:
        words = _("Points without a finding: %(numbers)s.")
        yield Refusal("points_open", words % {"numbers": ", ".join(numbers)})


def majority_agrees(referral: Any, _ask: Ask) -> Iterator[Refusal]:
    """Of three, the other two have voted on these words and one of them agrees."""
    if referral.wanted == 1:
        return
    from appeals.award_words import award_hash  # noqa: PLC0415 - reads models

    award = _award(referral)
    present = award_hash(award) if award else ""
    others = [row for row in _seated(referral) if not row.presides]
    if any(row.award_sha256 != present or not row.vote for row in others):
        words = _("Not every arbitrator has voted on this wording.")
        yield Refusal("votes_missing", words)
    elif all(row.vote == "dissents" for row in others):
        words = _("Both other arbitrators see it differently.")
        yield Refusal("panel_against", words)


def award_signed(referral: Any, _ask: Ask) -> Iterator[Refusal]:
    """What is paid was compared with the award and signed by the band of its value."""
    award = _award(referral)
    decision = award.decision if award else None
    if decision is None or decision.status != DecisionStatus.PROPOSED:
        yield Refusal("not_prepared", _("Prepare what is to be carried out first."))
    elif decision.missing_capacities():
        yield Refusal("sign_offs_missing", _("Sign-offs of the award are missing."))


def case_stands(referral: Any, _ask: Ask) -> Iterator[Refusal]:
    if referral.complaint.state not in (State.ANSWERED, State.CLOSED):
        words = _("The decision before the award is still being carried out.")
        yield Refusal("case_not_ready", words)


def all_done(referral: Any, _ask: Ask) -> Iterator[Refusal]:
    award = _award(referral)
    if award is None:
        return
    if award.decision is None and award.remedies.exists():
        yield Refusal("award_owed", _("The award is not carried out yet."))
    elif award.decision is not None:
        open_rows = award.decision.remedies.exclude(state__in=SETTLED_REMEDY_STATES)
        if open_rows.exists():
            yield Refusal("award_owed", _("The award is not carried out yet."))


def _award(referral: Any) -> Any:
    """Its award, None where no word of it is written."""
    return getattr(referral, "award", None)
