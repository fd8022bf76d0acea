"""What happens by itself when a date has passed: each case in a transaction of its own.

Every move goes through ``perform`` as the scheduler, so permission, guards, ledger and
notices are those of everybody else. A case that fails is logged and met again by the
next scan.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from complaints import ledger, timing
from complaints.errors import RecourseError
from complaints.models import Clock, Complaint, Remedy
from complaints.permissions import Viewer
from complaints.states import (
    DECIDED_STATES,
    SETTLED_REMEDY_STATES,
    DecisionStatus,
    RemedyState,
    State,
    Step,
)
from complaints.workflow import perform
from teams.models import Team

logger = logging.getLogger(__name__)

HORIZON = timedelta(days=21)
"""Two working days never reach further back than this, whatever the holidays."""

NOTHING = ""
"""Counts the cases that a scan met and left as they were."""

UNSETTLED = sorted(set(RemedyState.values) - SETTLED_REMEDY_STATES)

Work = Callable[[Complaint, Viewer, datetime], bool]
"""Moves one case on; False where there was nothing to do after all."""


def answers_overdue(now: datetime) -> QuerySet[Complaint]:
    """Cases whose customer was asked and did not answer by the date."""
    return _with_clock_ended(Step.ANSWER_CUSTOMER, now)


def go_on_without_answer(case: Complaint, viewer: Viewer, now: datetime) -> bool:
    perform(case, "customer_answered", actor=viewer, now=now)
    return True


def decisions_ready(now: datetime) -> QuerySet[Complaint]:
    """Approved decisions with nothing left to do first, or with the limit near."""
    waiting = Remedy.objects.filter(
        complaint=OuterRef("pk"),
        decision__status=DecisionStatus.APPROVED,
        on_acceptance=False,
        state__in=UNSETTLED,
    )
    near = Clock.objects.filter(
        complaint=OuterRef("pk"),
        step=Step.STATUTORY_DECISION,
        stopped_at=None,
        due_at__lte=now + HORIZON,
    )
    return _in_states(State.REMEDYING).filter(~Q(Exists(waiting)) | Q(Exists(near)))


def issue(case: Complaint, viewer: Viewer, now: datetime) -> bool:
    perform(case, "issue_decision", actor=viewer, now=now)
    return True


def windows_over(now: datetime) -> QuerySet[Complaint]:
    """Decided cases whose time to appeal has passed."""
    return _with_clock_ended(Step.APPEAL_WINDOW, now)


@transaction.atomic
def end_window(case: Complaint, viewer: Viewer, now: datetime) -> bool:
    """Offers nobody took lapse; the case closes in the scan that follows."""
    ledger.lock(case.stream)
    if not windows_over(now).filter(pk=case.pk).exists():
        return False
    offered = Remedy.objects.filter(complaint=case, state=RemedyState.OFFERED)
    for remedy in offered:
        perform(remedy, "lapse", actor=viewer, now=now)
    timing.stop(case, (Step.APPEAL_WINDOW,), now=now)
    timing.refresh_next_due(case)
    return True


def cases_settled(_now: datetime) -> QuerySet[Complaint]:
    """Decided cases that can neither be appealed in time nor owe anything."""
    window = Clock.objects.filter(
        complaint=OuterRef("pk"), step=Step.APPEAL_WINDOW, stopped_at=None
    )
    owed = Remedy.objects.filter(complaint=OuterRef("pk"), state__in=UNSETTLED)
    return _in_states(*DECIDED_STATES).filter(~Q(Exists(window)), ~Q(Exists(owed)))


def close(case: Complaint, viewer: Viewer, now: datetime) -> bool:
    perform(case, "close", actor=viewer, now=now)
    return True


Scan = Callable[[datetime], QuerySet[Complaint]]

STEPS: tuple[tuple[str, Scan, Work], ...] = (
    ("unanswered", answers_overdue, go_on_without_answer),
    ("issued", decisions_ready, issue),
    ("lapsed", windows_over, end_window),
    ("closed", cases_settled, close),
)
"""(name in the result, which cases, what is done), in this order."""


def move_on(*, viewer: Viewer, now: datetime, batch: int) -> dict[str, int]:
    """Carry out every step; how many cases each moved, and how many failed."""
    counted = dict.fromkeys((*(name for name, *_rest in STEPS), "failed", NOTHING), 0)
    for name, scan, work in STEPS:
        for case in _each(scan(now), batch):
            counted[_outcome(name, case, work, viewer, now)] += 1
    del counted[NOTHING]
    return counted


def _outcome(
    name: str, case: Complaint, work: Work, viewer: Viewer, now: datetime
) -> str:
    """The name of the counter that this case belongs to."""
    try:
        return name if work(case, viewer, now) else NOTHING
    except RecourseError as refusal:
        # Not its time yet, or somebody was quicker; either way nothing is wrong.
        logger.debug("%s stays as it is: %s", case.reference, refusal)
        return NOTHING
    except Exception:
        logger.exception("%s could not be moved on", case.reference)
        return "failed"


def _each(rows: QuerySet[Complaint], size: int) -> Iterator[Complaint]:
    """All of them by key, in pages: what stays in the set is met once a scan."""
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:size]):
        yield from page
        last = page[-1].pk


def _with_clock_ended(step: Step, now: datetime) -> QuerySet[Complaint]:
    ended = Clock.objects.filter(step=step, stopped_at=None, due_at__lte=now)
    return Complaint.objects.filter(pk__in=ended.values("complaint_id"))


def _in_states(*states: str) -> QuerySet[Complaint]:
    """By team and state, which is what the index of the register knows."""
    teams = list(Team.objects.values_list("pk", flat=True))
    return Complaint.objects.filter(team_id__in=teams, state__in=states)
