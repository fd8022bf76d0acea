"""One act on many cases: each by itself, each answered, twice sent is once done."""

from typing import Any

import pytest
from django.db import OperationalError

from complaints.errors import InvalidInput
from complaints.models import BulkRun, CaseTag, Complaint, Event
from complaints.services import bulk
from complaints.services.tags import add_tag
from teams.models import Team, User
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


def run(
    act: str, chosen: list[Complaint], user: User, key: str = "k", **given: Any
) -> list[tuple[int, str]]:
    pairs = [(case.pk, case.version) for case in chosen]
    made = bulk.run(key=key, act=act, cases=pairs, given=given, actor=user)
    return [(item["case"], item["outcome"]) for item in made.items]


def moves(*chosen: Complaint) -> int:
    keys = [case.pk for case in chosen]
    return Event.objects.filter(object_type="complaint", object_id__in=keys).count()


def test_each_case_is_moved_or_refused_by_itself(people: People) -> None:
    good, closed = cases.at(people, "assigned"), cases.at(people, "closed")
    hidden, stale = cases.at(people, "assigned"), cases.at(people, "assigned")
    Complaint.objects.filter(pk=hidden.pk).update(barrier="insider")
    stale.version -= 1
    chosen = [good, closed, hidden, stale]

    found = run("assign", chosen, people.security_lead, handler=people.security)

    assert found == [
        (good.pk, "done"),
        (closed.pk, "refused"),
        (hidden.pk, "refused"),
        (stale.pk, "refused"),
    ]
    good.refresh_from_db()
    assert (good.state, good.handler) == ("investigating", people.security)
    said = [item["words"] for item in BulkRun.objects.get().items]
    assert said[1:3] == [
        "This is not possible in the present state of the case.",
        "There is no such complaint here.",
    ]
    assert "in the meantime" in said[3]


def test_sent_twice_is_done_once(people: People) -> None:
    case = cases.at(people, "assigned")
    first = run("assign", [case], people.security_lead, handler=people.security)
    before = moves(case)

    again = run("assign", [case], people.security_lead, handler=people.security)

    assert (again, moves(case), BulkRun.objects.count()) == (first, before, 1)
    case.refresh_from_db()
    later = run(
        "assign", [case], people.security_lead, key="l", handler=people.security
    )
    assert (later, moves(case)) == ([(case.pk, "same")], before)


def test_key_of_somebody_else_is_another_run(people: People) -> None:
    case = cases.at(people, "investigating")
    assert run("tag", [case], people.security, name="A") == [(case.pk, "done")]
    assert run("tag", [case], people.security_lead, name="A") == [(case.pk, "same")]
    assert CaseTag.objects.count() == 1


def test_handler_takes_but_does_not_give(people: People) -> None:
    mine, other = cases.at(people, "assigned"), cases.at(people, "assigned")
    assert run("assign", [mine], people.security, handler=people.security) == [
        (mine.pk, "done")
    ]
    assert run(
        "assign", [other], people.security, key="l", handler=people.security_lead
    ) == [(other.pk, "refused")]


def test_rerouted_cases_leave_and_guards_speak(people: People) -> None:
    case, twin = cases.at(people, "assigned"), cases.at(people, "assigned")
    risk, security = Team.objects.get(code="risk"), Team.objects.get(code="security")
    given = {"reason": "Trading pattern."}

    run("reroute", [case], people.security_lead, team=risk, **given)
    found = run("reroute", [twin], people.security_lead, "l", team=security, **given)

    case.refresh_from_db()
    assert (case.team, found) == (risk, [(twin.pk, "refused")])
    words = BulkRun.objects.get(key="l").items[0]["words"]
    assert words == "The case is with this team already."


def test_merged_into_the_one_that_stays(people: People) -> None:
    stays, one, other = (cases.at(people, "investigating") for _n in range(3))
    strange = cases.at(
        people, "investigating", by=people.other_customer, identifiers=()
    )

    found = run(
        "merge",
        [one, stays, other, strange],
        people.security,
        survivor=stays,
        reason="The same withdrawal.",
    )

    outcomes = ["done", "same", "done", "refused"]
    assert [outcome for _pk, outcome in found] == outcomes
    into = Complaint.objects.filter(merged_into=stays).order_by("pk")
    assert list(into) == [one, other]


def test_answers_are_kept_for_a_day(people: People) -> None:
    case = cases.at(people, "investigating")
    run("tag", [case], people.security, name="A")
    made = BulkRun.objects.get().made_at
    assert bulk.forget_old(now=made + bulk.RUN_LIVES / 2) == 0
    assert bulk.forget_old(now=made + bulk.RUN_LIVES) == 1


@pytest.mark.parametrize(("act", "number"), [("close", 1), ("tag", 0), ("tag", 101)])
def test_what_is_no_run_is_refused(people: People, act: str, number: int) -> None:
    pairs = [(n, 1) for n in range(number)]
    with pytest.raises(InvalidInput):
        bulk.run(key="k", act=act, cases=pairs, given={}, actor=people.security)
    assert not BulkRun.objects.exists()


def test_case_that_fails_altogether_stops_no_other(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (cases.at(people, "investigating") for _number in range(2))

    def fail(*, complaint: Complaint, **given: Any) -> bool:
        if complaint.pk == first.pk:
            raise OperationalError
        return add_tag(complaint=complaint, **given)

    monkeypatch.setattr(bulk, "add_tag", fail)
    chosen = [(first.pk, first.version), (second.pk, second.version)]
    run = bulk.run(
        key="k", act="tag", cases=chosen, given={"name": "A"}, actor=people.security
    )

    assert [item["outcome"] for item in run.items] == ["refused", "done"]
