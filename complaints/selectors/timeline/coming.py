"""What is still to come: limits that run, as the reader of a case is told."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from complaints import clocks, profiles
from complaints.models import Complaint
from complaints.selectors.timeline.entry import TimelineEntry
from complaints.states import Step

FUTURE = {
    Step.STATUTORY_DECISION: gettext_lazy("Decision with reasons, at the latest."),
    Step.ANSWER_CUSTOMER: gettext_lazy("Your answer."),
    Step.APPEAL_WINDOW: gettext_lazy("You can appeal until then."),
    Step.APPEAL_RULE: gettext_lazy("The ruling on your appeal."),
}


def still_to_come(complaint: Complaint, now: datetime) -> list[TimelineEntry]:
    """Limits that still run, the latest first; a missed one is no promise any more."""
    zone = profiles.by_key(complaint.profile_key).timezone
    running = complaint.running_clocks(*FUTURE)
    return [
        TimelineEntry(
            at=clocks.last_day(clock.due_at, zone),
            kind="future",
            sentence=str(FUTURE[Step(clock.step)]),
        )
        for clock in reversed(running)
        if clock.due_at > now
    ]
