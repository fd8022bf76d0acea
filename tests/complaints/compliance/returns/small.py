"""The small register that the golden files were counted from; see golden/COUNTED.md."""

from datetime import UTC, datetime, timedelta

from complaints.models import Clock, Complaint, Decision
from complaints.states import Outcome
from tests import cases
from tests.people import People

AT = datetime(2026, 7, 3, 12, tzinfo=UTC)


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


RECEIVED = (
    datetime(2025, 11, 26, 9, tzinfo=UTC),
    datetime(2025, 12, 6, 9, tzinfo=UTC),
    *(at(3, 2), at(3, 2), at(6, 30), at(6, 29), at(4, 7), at(3, 3)),
)

DECIDED = {
    1: (at(2, 20), Outcome.UPHELD),
    2: (at(3, 5, 10), Outcome.PARTLY_UPHELD),
    3: (at(4, 6), Outcome.NOT_UPHELD),
    5: (at(7, 1), Outcome.UPHELD),
    6: (at(4, 30), Outcome.REDRESS_WITHOUT_ACCEPTING),
}
"""Case -> when the decision went out, and which."""

ENDED = {
    "acknowledge": {0: 2, 2: 1, 3: 3, 4: 1, 6: 2, 7: 48},
    "admit": {2: 20, 3: 30, 6: 40},
    "statutory_decision": {1: 76 * 24, 2: 73, 3: 35 * 24, 5: 48, 6: 23 * 24},
}
"""Step -> case -> hours after its receipt at which its clock stopped."""


def decided(case: Complaint, moment: datetime, outcome: str) -> None:
    """As if the letter had gone out then; of the case nothing else is moved."""
    Decision.objects.create(
        complaint=case,
        number=1,
        status="issued",
        outcome=outcome,
        issued_at=moment,
        drafted_by=case.recorded_by,
    )


def register(people: People) -> list[Complaint]:
    """Eight cases, received from November to June; case 6 is behind a barrier."""
    made = [cases.filed(people, now=moment) for moment in RECEIVED]
    for number, (moment, outcome) in DECIDED.items():
        decided(made[number], moment, outcome)
    for step, hours in ENDED.items():
        for number, after in hours.items():
            Clock.objects.filter(complaint=made[number], step=step).update(
                stopped_at=RECEIVED[number] + timedelta(hours=after),
                next_reminder_at=None,
            )
    Complaint.objects.filter(pk=made[6].pk).update(barrier="insider")
    return made
