"""Which rows stand behind each figure; figures count them and the list shows them.

Nothing here looks at who asks: the list takes these conditions to ``visible_to`` rows.
"""

from datetime import datetime

from django.db.models import F, Q, QuerySet

from complaints.models import Clock, Complaint, Decision, Event
from complaints.states import (
    WORKING_STATES,
    Barrier,
    DecisionStatus,
    Outcome,
    Step,
)

STEPS = (
    Step.ACKNOWLEDGE,
    Step.ADMIT,
    Step.FIRST_ANSWER,
    Step.INVESTIGATE,
    Step.DECIDE,
    Step.STATUTORY_DECISION,
    Step.ANSWER_QUESTION,
    Step.EXECUTE_REMEDY,
    Step.APPEAL_ADMIT,
    Step.APPEAL_RULE,
)
"""The steps that are ours to keep; limits of the customer are not among them."""

REFUSED, WITHDRAWN = "refused", "withdrawn"
OUTCOMES = (*Outcome.values, REFUSED, WITHDRAWN)
MOVES = {REFUSED: "refuse_admission", WITHDRAWN: "withdraw"}
NO_TOPIC = "none"
OPEN_TO_REVIEW = Q(barrier=Barrier.NONE)


def received(since: datetime, until: datetime) -> Q:
    return Q(received_at__gte=since, received_at__lt=until)


def working() -> Q:
    return Q(state__in=sorted(WORKING_STATES))


def overdue(at: datetime) -> Q:
    """Staff owe the next step, and its limit has passed."""
    return working() & Q(next_due_at__lt=at)


def of_topic(code: str) -> Q:
    """A main topic with all below it, or cases that have none yet."""
    if code == NO_TOPIC:
        return Q(category=None)
    return Q(category__code=code) | Q(category__parent__code=code)


def finished(since: datetime, until: datetime) -> Q:
    """Clocks of our steps that came to an end in the period."""
    return Q(step__in=STEPS, stopped_at__gte=since, stopped_at__lt=until)


def fell_due(since: datetime, until: datetime, at: datetime) -> Q:
    """Clocks of our steps whose limit lay in the period and is over."""
    return Q(step__in=STEPS, due_at__gte=since, due_at__lt=min(until, at))


def late(at: datetime) -> Q:
    """Missed: written on the ledger as a breach, ended too late, or still running."""
    running = Q(stopped_at=None, paused_at=None, due_at__lt=at)
    return Q(breached_at__isnull=False) | Q(stopped_at__gt=F("due_at")) | running


def first_decisions(since: datetime, until: datetime) -> "QuerySet[Decision]":
    """Decisions of the first instance that went out in the period."""
    return Decision.objects.filter(
        status__in=(DecisionStatus.ISSUED, DecisionStatus.SUPERSEDED),
        on_appeal=False,
        issued_at__gte=since,
        issued_at__lt=until,
    )


def moves(since: datetime, until: datetime) -> "QuerySet[Event]":
    """Refusals and withdrawals on the ledger in the period."""
    return Event.objects.filter(
        object_type=Complaint.OBJECT_TYPE,
        what__in=sorted(MOVES.values()),
        at__gte=since,
        at__lt=until,
    )


def of_outcome(code: str, since: datetime, until: datetime) -> Q:
    """Cases that came to this outcome in the period."""
    if code in MOVES:
        events = moves(since, until).filter(what=MOVES[code])
        return Q(pk__in=events.values("object_id"))
    decided = first_decisions(since, until).filter(outcome=code)
    return Q(pk__in=decided.values("complaint_id"))


def missed(step: str, since: datetime, until: datetime, at: datetime) -> Q:
    """Cases that missed the limit of this step in the period."""
    clocks = Clock.objects.filter(fell_due(since, until, at), late(at), step=step)
    return Q(pk__in=clocks.values("complaint_id"))
