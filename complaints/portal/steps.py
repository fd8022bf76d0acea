"""What comes next and by when, in words for the customer.

Read from the clocks that run; internal limits that are nobody's business but ours
are not promised here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import profiles
from complaints.models import Clock, Complaint
from complaints.profiles import limit_words
from complaints.selectors.public_date import last_day, promised
from complaints.states import ClosingReason, State, Step


@dataclass(frozen=True)
class NextStep:
    """The date that counts now, what it is, and why."""

    caption: str
    at: date
    sentence: str
    late: bool = False


def _words(step: str, case: Complaint) -> str:
    """What happens at the end of ``step``, as a sentence."""
    sentences: dict[str, Callable[[], str]] = {
        Step.ADMIT: lambda: _(
            "By then you hear whether we take it up and who works on it."
        ),
        Step.FIRST_ANSWER: lambda: _("By then you hear from the team that has it."),
        Step.STATUTORY_DECISION: lambda: _(
            "By then you have our decision with reasons."
        ),
        Step.ANSWER_CUSTOMER: lambda: _("It is your answer to one question."),
        Step.EXECUTE_REMEDY: lambda: _("By then what was decided is carried out."),
        Step.APPEAL_WINDOW: lambda: _window(case),
        Step.APPEAL_ADMIT: lambda: _("By then you hear who looks at your appeal."),
        Step.APPEAL_RULE: lambda: _("By then you have the ruling on your appeal."),
    }
    return sentences[step]()


def _window(case: Complaint) -> str:
    limit = profiles.by_key(case.profile_key).appeal_window
    return _("%(limit)s from the letter.") % {"limit": limit_words(limit)}


def _caption(step: str, case: Complaint) -> str:
    if step == Step.APPEAL_WINDOW:
        refused = case.state == State.INADMISSIBLE
        return _("Complete or appeal by") if refused else _("Accept or appeal by")
    return _("Next step by")


def next_step(case: Complaint, now: datetime | None = None) -> NextStep | None:
    """The one date on top of the page; None when nobody owes anything."""
    for clock in promised(case):
        return _next(clock, case, now or timezone.now())
    return None


def _next(clock: Clock, case: Complaint, now: datetime) -> NextStep:
    late = clock.due_at < now
    sentence = _words(clock.step, case)
    if late and clock.step not in (Step.APPEAL_WINDOW, Step.ANSWER_CUSTOMER):
        sentence = _(
            "This date has passed. We are late, and the head of the desk knows."
        )
    return NextStep(_caption(clock.step, case), last_day(clock, case), sentence, late)


def future_steps(case: Complaint) -> list[dict[str, Any]]:
    """What is still to come, latest first, as entries of a timeline."""
    rows = sorted(promised(case), key=lambda clock: clock.due_at, reverse=True)
    return [
        {"at": last_day(row, case), "kind": "future", "text": _future(row.step, case)}
        for row in rows
    ]


def _future(step: str, case: Complaint) -> str:
    sentences: dict[str, Callable[[], str]] = {
        Step.ADMIT: lambda: _("You hear whether we take it up and who works on it."),
        Step.FIRST_ANSWER: lambda: _("You hear from the team that has it."),
        Step.STATUTORY_DECISION: lambda: _("Decision with reasons, at the latest."),
        Step.ANSWER_CUSTOMER: lambda: _("Your answer."),
        Step.EXECUTE_REMEDY: lambda: _("What was decided is carried out."),
        Step.APPEAL_WINDOW: lambda: _("Your choice: accept or appeal."),
        Step.APPEAL_ADMIT: lambda: _("You hear who looks at your appeal."),
        Step.APPEAL_RULE: lambda: _("The ruling on your appeal."),
    }
    return sentences[step]()


def _merged_sentence(case: Complaint, survivor: Complaint) -> str:
    """Another customer's reference is not told, whatever the matter."""
    if survivor.customer_id != case.customer_id:
        return _("We look into it together with another complaint of this incident.")
    return _("We go on with it under %(reference)s.") % {
        "reference": survivor.reference
    }


def closing_sentence(case: Complaint) -> str:
    """Why nothing comes next, on a case that rests."""
    if case.state == State.WITHDRAWN:
        return _("You withdrew this complaint. Write to us if that was a mistake.")
    if case.state == State.MERGED and case.merged_into is not None:
        return _merged_sentence(case, case.merged_into)
    reasons: dict[str, Callable[[], str]] = {
        ClosingReason.ACCEPTED: lambda: _("You accepted the decision."),
        ClosingReason.WINDOW_ENDED: lambda: _("The time to appeal has ended."),
        ClosingReason.ENQUIRY: lambda: _("We answered it as a question."),
        ClosingReason.OTHER_FIRM: lambda: _("Another firm answers for this matter."),
    }
    words = reasons.get(case.closing_reason) if case.state == State.CLOSED else None
    return words() if words else ""
