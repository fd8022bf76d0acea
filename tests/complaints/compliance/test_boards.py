"""Every figure of every board equals one counted by hand from the register."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.http import QueryDict
from django.utils import timezone

from complaints.compliance.asked import read_query
from complaints.compliance.behind import FILTERS, cases, marks_of
from complaints.compliance.boards.all import BOARDS
from complaints.compliance.boards.base import Board, Ctx, percent
from complaints.compliance.boards.fairness import interval
from complaints.compliance.boards.how_long import within
from complaints.compliance.rollup import refresh
from complaints.compliance.rollup.read import Reader
from complaints.models import Complaint
from complaints.permissions import Viewer, viewer_of
from complaints.services.clocks import sweep
from tests import cases as walked
from tests.complaints.compliance.slow import Slow, numbers, team_labels
from tests.people import People

pytestmark = pytest.mark.django_db


def ctx_of(viewer: Viewer, days: int = 200, **others: str) -> Ctx:
    now = timezone.now()
    query = QueryDict(f"from={(now - timedelta(days=days)).date()}", mutable=True)
    query.update(others)
    asked = read_query(query, now, ("team", "zone"))
    return Ctx(asked, viewer, now, Reader(asked.first, asked.last))


def boards_of(ctx: Ctx) -> dict[str, Board]:
    return {slug: make(ctx) for slug, make in BOARDS.items()}


def check(ctx: Ctx) -> None:
    """Hold each board against the slow count."""
    slow = Slow(ctx.asked.first, ctx.asked.last, ctx.today)
    boards = boards_of(ctx)
    assert numbers(boards["keeping-up"].body, 1, 2, 3, 4) == slow.weekly()
    assert numbers(boards["ageing"].body, 1, 2) == slow.aged()
    flags = slow.flags()
    harm = numbers(boards["at-risk"].body, 1, 2)
    assert [sum(row[0] for row in harm), sum(row[1] for row in harm)] == [
        flags["at_risk"],
        flags["critical"],
    ]
    assert [tile.number for tile in boards["quality"].tiles][1::2] == [
        flags["no_topic"],
        flags["no_owner"],
    ]
    _check_limits(boards["promises"], slow)
    _check_time(boards["how-long"], slow)
    _check_outcomes(boards, slow)
    _check_money(boards["redress"], slow)
    assert sum(row[0] for row in numbers(boards["again"].body, 2)) == slow.repeats()
    assert [list(row) for row in numbers(boards["hours"].body[:7], *range(1, 25))] == (
        slow.hours()
    )
    by_channel = numbers(boards["hours"].body[7:], *range(1, 25))
    assert [sum(hour) for hour in zip(*by_channel, strict=True)] == [
        sum(hour) for hour in zip(*slow.hours(), strict=True)
    ]


def _check_limits(board: Board, slow: Slow) -> None:
    from complaints.compliance.boards.promises import MILESTONES, step_name

    counted = slow.limits()
    wanted = [
        (step_name(step), *counted[step]) for step in MILESTONES if step in counted
    ]
    told = numbers(board.body, 2, 3, 4)
    assert [
        (row[0].text, *n) for row, n in zip(board.body, told, strict=True)
    ] == wanted


def _check_time(board: Board, slow: Slow) -> None:
    days = slow.days_taken()
    assert sum(row[0] for row in numbers(board.body, 1)) == len(days)
    if days:
        half, most = days[-(-len(days) // 2) - 1], days[-(-len(days) * 9 // 10) - 1]
        assert board.say == (
            f"Half of all decisions within {half} d, nine in ten within {most} d."
        )


def _groups_told(sizes: Iterable[int]) -> int:
    """Under ten are hidden, and the next one too while the sum would tell them."""
    large = sorted(n for n in sizes if n >= 10)
    hidden = sum(n for n in sizes if n < 10)
    while large and 0 < hidden < 10:
        hidden += large.pop(0)
    return len(large)


def _check_outcomes(boards: dict[str, Board], slow: Slow) -> None:
    outcomes = slow.outcomes()
    assert boards["fairness"].denominator == f"n {sum(outcomes.values())} decided"
    by_topic: dict[str, int] = {}
    for (topic, _outcome), n in outcomes.items():
        by_topic[topic] = by_topic.get(topic, 0) + n
    shown = [row for row in boards["fairness"].body if row[1].text != "hidden"]
    of_teams = [row[0] for row in slow.cohorts().values()]
    assert len(shown) == _groups_told(by_topic.values()) + _groups_told(of_teams)
    labels = team_labels()
    counted = {labels[team]: row for team, row in slow.cohorts().items()}
    rows = numbers(boards["appeals"].body, 1, 2, 4, 5)
    names = [row[0].text for row in boards["appeals"].body]
    assert dict(zip(names, rows, strict=True)) == counted
    assert sorted(numbers(boards["causes"].body, 1)) == sorted(
        (n,) for n in slow.causes().values()
    )


def _check_money(board: Board, slow: Slow) -> None:
    counted = slow.money()
    assert board.denominator == f"n {sum(n for n, _a, _v in counted.values())} remedies"
    for row in board.body:
        asset = "restricted" if row[0].text == "Restricted" else row[0].text
        for column, word in ((5, "paid"), (6, "pending")):
            value = counted.get((asset, word), (0, 0, 0))[2]
            assert row[column].text == f"{value:,.2f} EUR"


def test_each_figure_is_one_counted_by_hand(people: People) -> None:
    now = timezone.now()
    for state in ("received", "assigned", "awaiting_customer", "appealed", "withdrawn"):
        walked.at(people, state)
    old = walked.at(people, "answered", received_at=now - timedelta(days=40))
    walked.filed(people, by=people.other_customer, category=None)
    Complaint.objects.filter(pk=old.pk).update(barrier="insider")
    sweep(now=now + timedelta(days=30))
    refresh.rebuild()

    check(ctx_of(viewer_of(people.reviewer)))
    check(ctx_of(viewer_of(people.reviewer), days=3))


@pytest.mark.drill
def test_each_figure_of_the_demo_is_one_counted_by_hand() -> None:
    call_command("seed_demo", complaints=200, past=200, verbosity=0)
    refresh.rebuild()

    for days in (400, 90, 20):
        check(ctx_of(Viewer(user=_reviewer()), days=days))


def _reviewer() -> Any:
    from teams.models import User

    return User.objects.get(username="compliance")


def test_number_leads_to_as_many_cases_as_it_says(people: People) -> None:
    for state in ("received", "investigating", "appealed", "answered"):
        walked.at(people, state)
    barred = walked.at(people, "answered")
    Complaint.objects.filter(pk=barred.pk).update(barrier="insider")
    refresh.rebuild()
    viewer = viewer_of(people.reviewer)
    ctx = ctx_of(viewer)

    looked = 0
    for board in boards_of(ctx).values():
        for cell in (cell for row in board.body for cell in row if cell.query):
            if not re.fullmatch(r"[\d,]+", cell.text):
                continue
            asked = read_query(QueryDict(cell.query), ctx.now, FILTERS)
            behind = cases(viewer, marks_of(asked, ctx.today, None))
            assert barred not in behind
            hidden = marks_of(asked, ctx.today, None).filter(complaint_id=barred.pk)
            # Of one case several limits of a step may be late.
            found = {*behind.values_list("pk", flat=True)} | (
                {barred.pk} if hidden.exists() else set()
            )
            marked = set(
                marks_of(asked, ctx.today, None).values_list("complaint_id", flat=True)
            )
            assert found == marked
            assert marks_of(asked, ctx.today, None).count() == int(cell.text)
            looked += 1
    assert looked > 40


def test_small_rates_are_hidden_and_lead_nowhere(people: People) -> None:
    walked.at(people, "answered")
    refresh.rebuild()

    board = BOARDS["fairness"](ctx_of(viewer_of(people.reviewer)))

    assert {cell.text for row in board.body for cell in row[1:]} == {"hidden"}
    assert not any(cell.query for row in board.body for cell in row)


@pytest.mark.parametrize(
    ("days", "half", "most"),
    [({1: 1}, 1, 1), ({1: 5, 9: 5}, 1, 9), ({2: 9, 40: 1}, 2, 2), ({}, None, None)],
)
def test_within_how_many_days(
    days: dict[int, int], half: int | None, most: int | None
) -> None:
    from collections import Counter

    assert (within(Counter(days), 50), within(Counter(days), 90)) == (half, most)


def test_interval_is_wilsons_in_per_cent() -> None:
    # Newcombe 1998, table I: 81 of 263 and 15 of 148.
    assert [round(end, 2) for end in interval(81, 263)] == [25.53, 36.62]
    assert [round(end, 2) for end in interval(15, 148)] == [6.24, 16.05]


def test_percent_of_nothing_is_none() -> None:
    assert percent(0, 0) == "none"
