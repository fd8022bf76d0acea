"""The board by hand: loads, ages, limits, and nothing of others."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.models import Complaint
from complaints.permissions import Viewer, viewer_of
from complaints.selectors.board import Board, Load, board_of, led_teams
from teams.models import Absence, Competence, Team, User
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


def _security() -> Team:
    return Team.objects.get(code="security")


def _open(people: People, handler: User | None, days: float, due: float) -> Complaint:
    """A case of security, so many days old, whose limit is so many hours away."""
    case = cases.filed(people)
    cases.admit(people, case)
    now = timezone.now()
    Complaint.objects.filter(pk=case.pk).update(
        handler=handler,
        received_at=now - timedelta(days=days),
        next_due_at=now + timedelta(hours=due),
    )
    return case


def _board(viewer: Viewer) -> Board:
    return board_of(_security(), viewer)


def _of(board: Board, person: User | None) -> Load:
    return next(load for load in board.loads if load.person == person)


@pytest.fixture
def busy(people: People) -> list[Complaint]:
    return [
        _open(people, people.security, 0.5, -2),
        _open(people, people.security, 2, 3),
        _open(people, people.security, 40, 60),
        _open(people, None, 8, 30),
    ]


def test_by_hand(people: People, busy: list[Complaint]) -> None:
    board = _board(viewer_of(people.security_lead))

    assert (board.open, board.late, board.soon) == (4, 1, 1)
    mine, nobody = _of(board, people.security), _of(board, None)
    assert (mine.open, mine.late, mine.soon) == (3, 1, 1)
    assert mine.bars == [
        ("late", 0, 33.33),
        ("soon", 33.33, 33.33),
        ("rest", 66.67, 33.33),
    ]
    assert (nobody.open, nobody.late) == (1, 0)
    assert [age.count for age in board.ages] == [1, 1, 0, 1, 1]
    assert board.coming == [busy[1], busy[3], busy[2]]
    assert board.loads[0].person is None
    assert board.loads[1].person == people.security


def test_absence_and_what_ran_out_are_said(people: People) -> None:
    now = timezone.now()
    Absence.objects.create(
        user=people.security,
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=3),
        covered_by=people.security_lead,
    )
    for days in (-30, -2):
        Competence.objects.create(
            user=people.security,
            title="Fraud" if days == -2 else "Custody",
            valid_until=(now + timedelta(days=days)).date(),
        )
    Competence.objects.create(
        user=people.security,
        title="Custody",
        valid_until=(now + timedelta(days=300)).date(),
    )

    load = _of(_board(viewer_of(people.security_lead)), people.security)

    assert load.away is not None
    assert load.away.covered_by == people.security_lead
    assert [one.title for one in load.lapsed] == ["Fraud"]


def test_who_left_the_team_is_still_named_with_the_cases(people: People) -> None:
    _open(people, people.risk, 1, 5)

    assert _of(_board(viewer_of(people.security_lead)), people.risk).open == 1


def test_barred_cases_give_themselves_away_to_nobody(
    people: People, busy: list[Complaint]
) -> None:
    Complaint.objects.filter(pk=busy[0].pk).update(barrier="insider")

    board = _board(viewer_of(people.security_lead))

    assert (board.open, board.late) == (3, 0)
    assert _of(board, people.security).open == 2


def test_whose_boards(people: People) -> None:
    assert [t.code for t in led_teams(viewer_of(people.security_lead))] == ["security"]
    assert led_teams(viewer_of(people.security)) == []
    assert led_teams(viewer_of(people.reviewer)) == []
    assert len(led_teams(viewer_of(people.head))) == Team.objects.count()


def test_queries_do_not_depend_on_the_cases(people: People) -> None:
    viewer = viewer_of(people.security_lead)
    counted = []
    for _round in range(2):
        _open(people, people.security, 1, 5)
        with CaptureQueriesContext(connection) as queries:
            _board(viewer)
        counted.append(len(queries))

    assert counted[0] == counted[1] <= 8


def test_age_of_the_edge_is_counted_once(people: People) -> None:
    case = _open(people, None, 0, 5)
    viewer = viewer_of(people.security_lead)
    for days in (1, 3, 7, 30):
        edge: datetime = viewer.at - timedelta(days=days)
        Complaint.objects.filter(pk=case.pk).update(received_at=edge)
        assert sum(age.count for age in _board(viewer).ages) == 1
