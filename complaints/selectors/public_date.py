"""The one date that the customer is promised now, read from the clocks that run."""

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


def running(complaint: Complaint) -> dict[str, Clock]:
    """The clocks that still run, by step. One query, or none where the clocks were
    prefetched."""
    rows = complaint.clocks.all()
    return {clock.step: clock for clock in rows if clock.stopped_at is None}


def promised(complaint: Complaint) -> list[Clock]:
    """The running limits that are the customer's business; the first counts now."""
    known = running(complaint)
    steps = PROMISES.get(complaint.state, ())
    return [known[step] for step in steps if step in known]


def last_day(clock: Clock, complaint: Complaint) -> date:
    """The last day on which it is still in time, where the rules of the case hold."""
    zone = profiles.by_key(complaint.profile_key).timezone
    return clocks.last_day(clock.due_at, zone)


def public_date(complaint: Complaint) -> PublicDate | None:
    """The next date of a case; None when nobody owes anything."""
    for clock in promised(complaint):
        return PublicDate(clock.step, last_day(clock, complaint))
    return None
