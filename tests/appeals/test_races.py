"""Both sides and an arbitrator at once: one wins, and nothing comes after the end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from appeals.models import Appeal, Referral
from appeals.services import lodge
from appeals.services.outside import award, hearing, links, objections, seats
from appeals.services.panel import call_panel, vote
from complaints import ledger
from complaints.errors import IllegalMove, NotPermitted, NotVisible
from complaints.models import Complaint, Event
from complaints.workflow import perform
from tests import cases
from tests.appeals import walk
from tests.appeals.outside import stage
from tests.complaints.test_concurrency import race
from tests.people import People, everybody

pytestmark = [
    pytest.mark.drill,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def people() -> People:
    return everybody()


@pytest.fixture
def answered(people: People) -> Complaint:
    return cases.at(people, "answered")


@pytest.fixture
def row(people: People, answered: Complaint) -> Referral:
    """Heard by one arbitrator, the award written; another is on the register."""
    made = stage.hearing(people, answered)
    stage.arbitrator(people, "Bo Lind")
    stage.write(made)
    return made


def _events(stream: str, what: str) -> list[int]:
    rows = Event.objects.filter(stream=stream, what=what)
    return list(rows.order_by("seq").values_list("seq", flat=True))


def _whole(case: Complaint) -> None:
    case.refresh_from_db()
    assert list(ledger.verify()) == []
    assert list(ledger.verify_versions([case])) == []


def _again(row: Referral) -> Referral:
    return Referral.objects.get(pk=row.pk)


def test_eight_lodgings_are_one_appeal(people: People, answered: Complaint) -> None:
    def press(_number: int) -> None:
        lodge(
            complaint=Complaint.objects.get(pk=answered.pk),
            grounds=[walk.GROUND],
            statement="Please look again.",
            actor=people.customer,
        )

    assert race(press) == {"won": 1, "illegal_move": 7}

    (appeal,) = answered.appeals.all()
    numbers = list(appeal.file.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    _whole(answered)


def test_withdrawing_while_it_is_ruled_has_one_end(
    people: People, answered: Complaint
) -> None:
    appeal = walk.reviewing(people, answered)
    walk.answer_all(appeal)
    walk.write(appeal, "confirmed")

    def act(number: int) -> None:
        found = Appeal.objects.get(pk=appeal.pk)
        if number % 2:
            perform(found, "rule", actor=walk.reviewer(found))
        else:
            perform(found, "withdraw", actor=people.customer)

    results = race(act)

    assert (results["won"], sum(results.values())) == (1, 8)
    assert set(results) <= {"won", "illegal_move", "not_found", "not_permitted"}
    appeal.refresh_from_db()
    ends = _events(appeal.stream, "rule") + _events(appeal.stream, "withdraw")
    assert (len(ends), appeal.state in ("ruled", "withdrawn")) == (1, True)
    _whole(answered)


def test_no_vote_is_cast_after_the_ruling(people: People, answered: Complaint) -> None:
    appeal = walk.reviewing(people, answered)
    call_panel(appeal=appeal, reason="What a hold is.", actor=walk.reviewer(appeal))
    appeal.refresh_from_db()
    walk.answer_all(appeal)
    walk.write(appeal, "confirmed")
    first, second = (seat.user for seat in appeal.seats.filter(left_at=None))
    for each in (first, second):
        vote(appeal=appeal, agrees=True, reasons="", actor=each)

    def act(number: int) -> None:
        found = Appeal.objects.get(pk=appeal.pk)
        if number == 0:
            perform(found, "rule", actor=walk.reviewer(found))
        else:
            vote(appeal=found, agrees=False, reasons="No.", actor=second)

    results = race(act)

    assert set(results) <= {"won", "illegal_move", "not_found", "not_permitted"}
    appeal.refresh_from_db()
    (ruled,) = _events(appeal.stream, "rule")
    assert [seq for seq in _events(appeal.stream, "panel_voted") if seq > ruled] == []
    with pytest.raises((IllegalMove, NotVisible, NotPermitted)):
        vote(appeal=appeal, agrees=True, reasons="", actor=second)
    _whole(answered)


def test_eight_presses_make_one_award(row: Referral) -> None:
    viewer = stage.presiding(row)

    results = race(lambda _n: award.make_award(referral=_again(row), actor=viewer))

    assert (results["won"], sum(results.values())) == (1, 8)
    assert len(_events(row.stream, "make_award")) == 1
    _whole(row.complaint)


TOO_LATE: dict[str, Callable[[Referral, Any], object]] = {
    "arbitrator_ordered": lambda row, viewer: hearing.order(
        referral=row, side="company", text="Pay.", due_at=_week(), actor=viewer
    ),
    "arbitrator_asked": lambda row, viewer: hearing.ask(
        referral=row, side="company", text="Why?", answer_by=_week(), actor=viewer
    ),
    "award_written": lambda row, viewer: stage.write(row, amount="1", actor=viewer),
    "arbitrator_left": lambda row, viewer: seats.decline(
        referral=row, kind="other", reason="I know her.", actor=viewer
    ),
}


def _week() -> Any:
    return timezone.now() + timedelta(days=7)


@pytest.mark.parametrize("what", list(TOO_LATE))
def test_nothing_is_done_after_the_award(what: str, row: Referral) -> None:
    """Beside it or after it, by whoever still has the page open."""
    viewer, act = stage.presiding(row), TOO_LATE[what]

    def press(number: int) -> None:
        if number == 0:
            award.make_award(referral=_again(row), actor=viewer)
        else:
            act(_again(row), viewer)

    race(press, 4)

    made = _events(row.stream, "make_award")
    assert len(made) <= 1
    if made:
        assert [seq for seq in _events(row.stream, what) if seq > made[0]] == []
        with (
            pytest.raises((IllegalMove, NotVisible, NotPermitted)),
            transaction.atomic(),
        ):
            act(_again(row), viewer)
    _whole(row.complaint)


def test_no_award_is_made_beside_an_open_objection(
    people: People, row: Referral
) -> None:
    viewer, seat = stage.presiding(row), row.seats.get(left_at=None)

    def press(number: int) -> None:
        if number % 2:
            award.make_award(referral=_again(row), actor=viewer)
        else:
            objections.object_to(
                referral=_again(row),
                seat=seat,
                reason="She sat on your board.",
                actor=people.customer,
            )

    results = race(press, 6)

    made, objected = _again(row).state == "awarded", row.objections.exists()
    assert (results["won"], made, objected) in [(1, True, False), (1, False, True)]
    _whole(row.complaint)


def test_who_is_replaced_while_they_award_makes_none(
    people: People, row: Referral
) -> None:
    """The head upholds an objection as the arbitrator presses."""
    viewer, seat = stage.presiding(row), row.seats.get(left_at=None)
    made = objections.object_to(
        referral=row, seat=seat, reason="She sat on your board.", actor=people.customer
    )

    def press(number: int) -> None:
        if number:
            award.make_award(referral=_again(row), actor=viewer)
        else:
            objections.decide(
                objection=made, upheld=True, answer="She did.", actor=people.head
            )

    assert race(press, 4)["won"] == 1

    assert _again(row).state == "hearing"
    assert _events(row.stream, "make_award") == []
    _whole(row.complaint)


def test_one_code_opens_one_browser(row: Referral) -> None:
    link = row.seats.get(left_at=None).links.get(revoked_at=None)
    step = int(timezone.now().timestamp()) // links.STEP
    code = links.code_at(stage.SECRET, step)
    opened: list[bool] = []

    def enter(_number: int) -> None:
        opened.append(links.enter(link=link, code=code, session={}))

    assert race(enter)["won"] == 8

    assert sorted(opened) == [False] * 7 + [True]
