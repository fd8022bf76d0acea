"""The one date that the customer is promised now, read from the clocks that run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from complaints import clocks, profiles
from complaints.models import Clock, Complaint
from complaints.states import State, Step

PROMISES: dict[str, tuple[Step, ...]] = {
    State.RECEIVED: (Step.ADMIT, Step.STATUTORY_DECISION),
    State.ASSIGNED: (Step.FIRST_ANSWER, Step.STATUTORY_DECISION),
    State.INVESTIGATING: (Step.STATUTORY_DECISION,),
    State.AWAITING_CUSTOMER: (Step.ANSWER_CUSTOMER, Step.STATUTORY_DECISION),
    State.IN_REVIEW: (Step.STATUTORY_DECISION,),
    State.REMEDYING: (Step.EXECUTE_REMEDY, Step.STATUTORY_DECISION),
    State.ANSWERED: (Step.APPEAL_WINDOW, Step.EXECUTE_REMEDY),
    State.INADMISSIBLE: (Step.APPEAL_WINDOW,),
    State.APPEALED: (Step.APPEAL_ADMIT, Step.APPEAL_RULE),
}
"""Which limits are the customer's business in a state; the first that runs counts."""


@dataclass(frozen=True)
class PublicDate:
    """``day`` is the last day in time, where the rules of the case hold."""

    step: str
    day: date


def public_date(complaint: Complaint) -> PublicDate | None:
    """The next date of a case; None when nobody owes anything. One query, or none
    where the clocks were prefetched."""
    return first_of(complaint, complaint.clocks.all())


def first_of(complaint: Complaint, rows: Iterable[Clock]) -> PublicDate | None:
    running = {clock.step: clock for clock in rows if clock.stopped_at is None}
    zone = profiles.by_key(complaint.profile_key).timezone
    for step in PROMISES.get(complaint.state, ()):
        if step in running:
            return PublicDate(step, clocks.last_day(running[step].due_at, zone))
    return None
