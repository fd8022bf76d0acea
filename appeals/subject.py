"""What an appeal would be against: the last word that was given on the case."""

from datetime import datetime
from typing import Any

from appeals.models import Appeal
from complaints.models import Clock, Complaint, Decision, Event
from complaints.states import AppealState, DecisionStatus, RulingOutcome, State, Step

DECIDING = ("refuse_admission", "issue_decision")

ALIVE = (
    AppealState.LODGED,
    AppealState.ADMITTED,
    AppealState.REVIEWING,
    AppealState.REFERRED,
    AppealState.AWARDED,
)
"""Appeals on which somebody still owes something; a ruled one only may be referred."""

CONCLUDED = (AppealState.RULED, AppealState.OUT_OF_TIME, AppealState.WITHDRAWN)


def last_word(complaint: Complaint) -> Event | None:
    """The event by which the case was last decided or refused.

    Several guards of one page ask for it. No other can come while the case keeps its
    version, so the row remembers it for as long.
    """
    known: tuple[int, Event | None] | None = getattr(complaint, "_last_word", None)
    if known is None or known[0] != complaint.version:
        rows = Event.objects.filter(stream=complaint.stream, what__in=DECIDING)
        known = (complaint.version, rows.order_by("-seq").first())
        complaint._last_word = known  # type: ignore[attr-defined]
    return known[1]


def decision_in_force(complaint: Complaint) -> Decision | None:
    """The decision that was sent last; None when admission was refused after it."""
    word = last_word(complaint)
    if word is None or word.what != "issue_decision":
        return None
    issued = complaint.decisions.filter(status=DecisionStatus.ISSUED)
    newest: Decision | None = issued.order_by("-number").first()
    return newest


def exhausted(complaint: Complaint) -> bool:
    """Whether the last word was appealed already, or is itself the end of an appeal."""
    word = last_word(complaint)
    if word is None:
        return False
    decision = decision_in_force(complaint)
    if decision is not None:
        return decision.on_appeal or Appeal.objects.filter(decision=decision).exists()
    against_refusal = Appeal.objects.filter(complaint=complaint, decision=None)
    return against_refusal.filter(file_seq__gte=word.seq).exists()


def within_window(complaint: Complaint, now: datetime) -> bool:
    """Whether the appeal window still runs; the instant of its end is outside."""
    rows = Clock.objects.filter(
        complaint=complaint, step=Step.APPEAL_WINDOW, stopped_at=None, due_at__gt=now
    )
    return rows.exists()


def living(complaint: Complaint) -> Appeal | None:
    """The appeal or referral that is open on this case."""
    return Appeal.objects.filter(complaint=complaint, state__in=ALIVE).first()


def result_of(appeal: Any) -> str:
    """The state its complaint goes to, now that ``appeal`` is concluded."""
    before = str(appeal.complaint.state_before)
    if appeal.state != AppealState.RULED:
        return before
    if appeal.decision_id is None:
        overturned = appeal.outcome == RulingOutcome.OVERTURNED
        return State.RECEIVED if overturned else State.INADMISSIBLE
    return {
        RulingOutcome.CONFIRMED: before,
        RulingOutcome.VARIED: State.REMEDYING,
        RulingOutcome.OVERTURNED: State.REMEDYING,
        RulingOutcome.REMITTED: State.INVESTIGATING,
    }[appeal.outcome]
