"""Small reads in one statement give what the reads one by one give."""

from typing import Any

from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from complaints.models import Clock, Decision, Letter, LetterDispatch, Payout, Remedy
from complaints.selectors import case_file
from complaints.together import Shape, give, read, rows_of
from tests import cases
from tests.people import People


def columns(row: Model) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_one_statement_gives_what_many_give(people: People) -> None:
    case = cases.at(people, "closed")
    wanted = case_file._wanted(case.pk, case.customer_id)
    with CaptureQueriesContext(connection) as caught:
        found = read(*wanted)
    assert len(caught) == 1
    assert [[columns(row) for row in rows] for rows in found] == [
        [columns(row) for row in rows] for rows in wanted
    ]
    kinds = {type(row) for rows in found for row in rows}
    assert {Clock, Decision, Letter, Remedy, Payout} <= kinds
    assert LetterDispatch not in kinds


def test_shape_reads_the_rows_of_the_keys_it_is_given(people: People) -> None:
    """Put into SQL for the first case, asked for the second: nothing is mixed up."""
    shape = Shape(case_file._wanted)
    for state in ("closed", "investigating", "closed"):
        case = cases.at(people, state)
        keys = {"case": case.pk, "customer": case.customer_id}
        beside = Letter.objects.filter(complaint=case, kind="receipt").defer("facts")
        with CaptureQueriesContext(connection) as caught:
            *found, letters = shape.read(beside, **keys)
        assert len(caught) == 1
        wanted = [list(rows) for rows in case_file._wanted(**keys)]
        assert found == wanted
        assert letters == list(beside)


def test_deferred_columns_stay_deferred(people: People) -> None:
    cases.filed(people)
    [[letter]] = read(Letter.objects.defer("body", "facts"))
    assert letter.get_deferred_fields() == {"body", "facts"}
    assert letter.body == Letter.objects.get().body


def test_nothing_asked_is_nothing_found(people: People) -> None:
    assert read(Clock.objects.none(), Clock.objects.all()) == [[], []]


def test_relations_of_the_case_hold_its_file(people: People) -> None:
    case = cases.at(people, "in_review")
    case_file.read_file(case)
    with CaptureQueriesContext(connection) as caught:
        [decision] = case.decisions.all()
        assert [f.point.number for f in rows_of(decision.findings, "point")] == [1, 2]
        assert decision.current_hash() == decision.content_hash
        assert decision.value == 300
        assert decision.complaint is case
        assert decision.proposed_by == people.security
        assert [r.decision for r in case.remedies.all()] == [decision]
        assert not case.is_conflicted(people.security.pk)
        assert case.running_clocks("decide")[0].complaint is case
    assert len(caught) == 0


def test_given_rows_are_those_of_their_owner(people: People) -> None:
    one, other = cases.filed(people), cases.filed(people)
    rows = [*one.points.all(), *other.points.all()]
    give([one, other], "points", rows)
    with CaptureQueriesContext(connection) as caught:
        assert [p.complaint for p in one.points.all()] == [one, one]
        assert {p.complaint_id for p in other.points.all()} == {other.pk}
    assert len(caught) == 0
