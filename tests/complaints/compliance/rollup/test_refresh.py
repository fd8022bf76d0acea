"""The roll-ups follow the ledger: increment equals rebuild, whatever happened."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from complaints.compliance.models import KEY, Mark, Measure, RollupState, Tally
from complaints.compliance.rollup import refresh
from complaints.compliance.rollup.refresh import _gaps
from complaints.compliance.tasks import refresh_figures
from complaints.models import Complaint, Event
from complaints.services import barriers
from complaints.services.clocks import sweep
from complaints.workflow import perform
from tests import cases
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def held() -> set[tuple[object, ...]]:
    rows = Tally.objects.values_list(*KEY, "n", "amount", "value")
    return set(rows)


def of(measure: str, **only: object) -> int:
    rows = Tally.objects.filter(measure=measure, monthly=False, **only)
    return sum(rows.values_list("n", flat=True))


def bar(people: People, case: Complaint) -> None:
    """Hide the whole case."""
    barriers.put_up(
        complaint=case,
        kind="insider",
        reason="It is about one of our own people.",
        actor=people.compliance_officer,
        whole=True,
    )


STATES = tuple(cases.PATHS)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=6,
    phases=[Phase.generate],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(STATES),
            st.integers(min_value=0, max_value=400),
            st.sampled_from(["", "refresh", "sweep", "bar", "withdraw"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_increment_is_rebuild_to_the_digit(
    people: People, story: list[tuple[str, int, str]]
) -> None:
    refresh.rebuild()
    for state, days, then in story:
        case = cases.at(people, state)
        _afterwards(people, case, days, then)
    refresh.refresh()

    followed = held()

    assert refresh.differences() == []
    assert followed == held()
    assert of(Measure.IN, kind="received") == Complaint.objects.count()


def _afterwards(people: People, case: Complaint, days: int, then: str) -> None:
    now = case.recorded_at + timedelta(days=days)
    if then == "refresh":
        refresh.refresh()
    elif then == "sweep":
        sweep(now=now)
    elif then == "bar":
        bar(people, case)
    elif then == "withdraw" and case.is_open:
        perform(case, "withdraw", actor=case.customer.user)


def test_case_moves_from_open_to_decided_and_back(people: People) -> None:
    refresh.rebuild()
    case = cases.at(people, "investigating")
    refresh.refresh()
    assert (of("open", kind="ours"), of("outcome"), of("money")) == (1, 0, 0)

    answered = cases.at(people, "answered")
    appealed = cases.at(people, "appealed")
    refresh.refresh()

    assert of("open", kind="ours") == 2
    assert of("outcome", kind="partly_upheld") == 2
    assert of("cohort", kind="appealed") == 1
    assert of("money", kind="USDT", sub="paid") == 2
    paid = Tally.objects.get(measure="money", monthly=True)
    assert (paid.n, paid.amount, paid.value) == (2, 600, 600)
    assert of("in", kind="lodge_appeal") == 1
    assert of("out", kind="issue_decision") == 2
    # Three complaints of one customer: the first is none that came again.
    assert (of("again", kind="first"), of("again", kind="again")) == (1, 2)
    assert {case.pk, answered.pk, appealed.pk} == set(
        Mark.objects.values_list("complaint_id", flat=True)
    )


def test_barred_case_counts_without_team_and_topic(people: People) -> None:
    case = cases.at(people, "answered")
    refresh.rebuild()
    assert of("outcome", topic="security", team=case.team_id) == 1

    bar(people, case)
    refresh.refresh()

    assert of("outcome", topic="security") == 0
    assert of("outcome", topic="restricted", team=0) == 1
    assert of("money", kind="restricted", team=0) == 1
    assert of("channel", channel="restricted") == 1
    assert refresh.differences() == []


def test_nothing_new_reckons_nothing(people: People) -> None:
    cases.filed(people)
    assert refresh_figures() > 0
    before = held()

    assert refresh_figures() == 0
    assert held() == before
    state = RollupState.objects.get()
    assert (
        state.position == Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
    )


def test_time_is_counted_in_begun_days_from_receipt(people: People) -> None:
    case = cases.at(people, "answered")
    took = case.decisions.get().issued_at - case.received_at  # type: ignore[operator]
    refresh.rebuild()

    assert took < timedelta(days=1)
    assert Mark.objects.get(measure="took").number == 1


def test_hour_of_the_week_is_of_utc(people: People) -> None:
    cases.filed(people, now=datetime(2026, 3, 1, 23, 59, tzinfo=UTC))
    cases.filed(people, now=datetime(2026, 3, 2, 0, 0, tzinfo=UTC))
    refresh.rebuild()

    rows = Mark.objects.filter(measure="arrived").order_by("day")
    assert list(rows.values_list("day", "number")) == [
        (date(2026, 3, 1), 6 * 24 + 23),
        (date(2026, 3, 2), 0),
    ]


NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def test_key_that_was_passed_is_looked_for_until_it_is_old() -> None:
    state = RollupState(position=10, gaps=[])
    state.gaps = _gaps(state, [11, 14, 15], NOW)
    assert state.gaps == [[12, 13, NOW.isoformat()]]

    state.position = 15
    state.gaps = _gaps(state, [13, 16], LATER)
    assert state.gaps == [[12, 12, NOW.isoformat()]]

    state.position = 16
    assert _gaps(state, [], NOW + timedelta(hours=2)) == []


def test_event_that_comes_late_below_the_position_is_taken_up(people: People) -> None:
    case = cases.filed(people)
    refresh.rebuild()
    state = RollupState.objects.get()
    newest = state.position
    cases.admit(people, case)
    # As if a later transaction had been seen first.
    last = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
    state.gaps = [[newest + 1, last, datetime.now(UTC).isoformat()]]
    state.position = last
    state.save()

    refresh.refresh()

    assert refresh.differences() == []
    assert of("flag", kind="no_owner") == 1
