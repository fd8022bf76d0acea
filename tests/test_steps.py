"""A step that is repeated leaves the very rows that it left when it was taken."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone, translation

from complaints import ledger
from complaints.models import Category, Event, Stream
from complaints.services import intake
from complaints.states import AppealState, State
from complaints.workflow import perform
from tests import cases
from tests.appeals import walk
from tests.few import few
from tests.flush import every_row
from tests.people import People
from tests.steps import TRACK, told

Rows = dict[str, list[dict[str, Any]]]


class TakenBack(Exception):
    pass


@pytest.fixture(autouse=True, scope="module")
def _first() -> None:
    """As in the first test of a worker: no step is known."""
    TRACK.known.clear()
    TRACK.written.clear()


def left_by(act: Callable[[], Any]) -> Rows:
    """What is there after ``act`` from the beginning; then it is taken back."""
    TRACK.begin()
    try:
        with transaction.atomic():
            act()
            left = every_row()
            raise TakenBack
    except TakenBack:
        return left


@pytest.mark.parametrize("state", few(State.values, "answered", "merged"))
def test_repeated_case_has_the_rows_of_the_walked_one(
    people: People, state: str
) -> None:
    walked = left_by(lambda: cases.at(people, state))
    known = len(TRACK.known)

    repeated = left_by(lambda: cases.at(people, state))

    assert walked["complaints_complaint"][0]["state"] == state
    assert repeated == walked
    assert len(TRACK.known) == known


@pytest.mark.parametrize("state", few(AppealState.values, "ruled"))
def test_repeated_appeal_has_the_rows_of_the_walked_one(
    people: People, state: str
) -> None:
    def act() -> None:
        walk.at(people, state, cases.at(people, State.ANSWERED))

    walked = left_by(act)
    known = len(TRACK.known)

    assert left_by(act) == walked
    assert [row["state"] for row in walked["appeals_appeal"]] == [state]
    assert len(TRACK.known) == known


def test_repeated_case_goes_on_and_its_ledger_holds(people: People) -> None:
    left_by(lambda: cases.at(people, State.ASSIGNED))
    TRACK.begin()
    case = cases.at(people, State.ASSIGNED)

    perform(case, "take", actor=people.security)
    second = cases.at(people, State.CLOSED)

    assert case.state == State.INVESTIGATING
    assert second.pk > case.pk
    assert list(ledger.verify(Stream.objects.all())) == []


def _write() -> None:
    Category.objects.filter(code="other").update(position=99)


def _take_back() -> None:
    with pytest.raises(TakenBack), transaction.atomic():
        raise TakenBack


@pytest.mark.parametrize("other", [_write, _take_back])
def test_nothing_is_repeated_after_something_else(
    people: People, other: Callable[[], None]
) -> None:
    left_by(lambda: cases.at(people, State.ASSIGNED))
    TRACK.begin()
    filed = cases.filed(people)
    other()
    before = timezone.now()

    cases.admit(people, filed)

    assert Event.objects.get(stream=filed.stream, what="admit").at >= before


def test_what_tests_change_alike_is_a_way_of_its_own(people: People) -> None:
    """The second walks it, the third repeats it; another change is another way."""

    def act(severity: str) -> Rows:
        def way() -> None:
            Category.objects.update(default_severity=severity)
            cases.admit(people, cases.filed(people))

        return left_by(way)

    rows = [act("high") for _time in range(3)]
    known = len(TRACK.known)
    again, other = act("high"), act("low")

    assert rows[1] == rows[2] == again != rows[0]
    assert len(TRACK.known) == known
    moments = [
        left["complaints_complaint"][0]["recorded_at"] for left in (again, other)
    ]
    assert moments[0] < moments[1]


def test_nothing_is_repeated_where_something_is_patched(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_by(lambda: cases.filed(people))
    TRACK.begin()
    monkeypatch.setattr(intake, "INTAKE_NOTE", "", raising=False)
    before = timezone.now()

    assert cases.filed(people).recorded_at >= before


def test_other_settings_time_and_language_are_other_ways(
    people: People, settings: Any
) -> None:
    ways = set()

    def way() -> None:
        left_by(lambda: cases.filed(people) and ways.add(TRACK.place))

    way()
    way()
    assert len(ways) == 1
    with translation.override("zh-hans"):
        way()
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        way()
    TRACK.begin()
    settings.SITE_URL = "https://other.test"
    place = TRACK.place
    cases.filed(people)

    assert place != ()
    assert len(ways | {TRACK.place}) == 4


def test_other_arguments_are_another_step(people: People) -> None:
    assert told(people.customer) != told(people.outsider)
    assert told({"a": 1}) != told({"a": True})
    with pytest.raises(TypeError):
        told(people.customer.has_perm)
