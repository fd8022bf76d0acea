"""A panel of three: called, seated, asked, and what a ruling needs of it."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from appeals import panel
from appeals.models import Appeal, PanelSeat
from appeals.services import answer_ground
from appeals.services.panel import call_panel, step_back, vote
from complaints.errors import (
    GuardRefused,
    IllegalMove,
    InvalidInput,
    NotPermitted,
    Stale,
)
from complaints.models import Complaint, Conflict, Event, Outbox
from complaints.permissions import viewer_of
from complaints.services.privacy.erase import erase_case
from complaints.states import AppealState, State
from complaints.workflow import perform
from teams.models import Absence, User
from tests.appeals import walk
from tests.people import People


@pytest.fixture
def case(people: People, case_at: Any) -> Complaint:
    found: Complaint = case_at(State.ANSWERED)
    return found


@pytest.fixture
def row(people: People, case: Complaint) -> Appeal:
    """Under review, by three; the ruling is written."""
    row = walk.reviewing(people, case)
    call_panel(appeal=row, reason="What a hold is.", actor=walk.reviewer(row))
    row.refresh_from_db()
    walk.answer_all(row)
    walk.write(row, "confirmed")
    return row


def _vote(row: Appeal, user: User, *, agrees: bool = True, reasons: str = "") -> None:
    vote(appeal=row, agrees=agrees, reasons=reasons, actor=user)


def _codes(row: Appeal) -> set[str]:
    with pytest.raises(GuardRefused) as refused:
        perform(row, "rule", actor=walk.reviewer(row))
    return {refusal.code for refusal in refused.value.refusals}


# Called and seated --------------------------------------------------------------------


def test_two_more_are_seated_let_in_and_told(row: Appeal, people: People) -> None:
    assert [(s.seat, s.user) for s in panel.members(row)] == [
        (2, people.appeals_3),
        (3, people.appeals),
    ]
    assert Appeal.objects.visible_to(viewer_of(people.appeals_3)).exists()
    told = Outbox.objects.filter(subject__contains="sit on its panel")
    assert {n.recipient for n in told} == {people.appeals.email, people.appeals_3.email}
    called = Event.objects.get(stream=row.stream, what="panel_called")
    assert called.payload["why"] == "principle"
    assert called.texts.get().text == "What a hold is."


@pytest.mark.parametrize(("amount", "seats"), [(49_999, 0), (50_000, 2)])
def test_amount_calls_a_panel_at_admission(
    amount: int, seats: int, people: People, case: Complaint
) -> None:
    Complaint.objects.filter(pk=case.pk).update(reporting_value=Decimal(amount))
    case.refresh_from_db()

    row = walk.admitted(people, case)

    row.refresh_from_db()
    assert (len(panel.members(row)), row.panel_why) == (seats, "amount" * (seats > 0))


def test_who_may_call_one(people: People, case: Complaint) -> None:
    row = walk.admitted(people, case)
    with pytest.raises(InvalidInput):
        call_panel(appeal=row, reason=" ", actor=walk.reviewer(row))
    with pytest.raises(NotPermitted):
        call_panel(appeal=row, reason="So.", actor=people.customer)

    call_panel(appeal=row, reason="So.", actor=people.head)
    with pytest.raises(IllegalMove):
        call_panel(appeal=row, reason="Again.", actor=people.head)


def test_empty_seat_is_told_and_nothing_is_ruled(
    people: People, case: Complaint
) -> None:
    User.objects.filter(pk=people.appeals.pk).update(reports_to=people.security)
    row = walk.reviewing(people, case)

    call_panel(appeal=row, reason="So.", actor=walk.reviewer(row))

    assert [seat.user for seat in panel.members(row)] == [people.appeals_3]
    told = Outbox.objects.filter(subject__contains="panel of three is not complete")
    assert people.head.email in {notice.recipient for notice in told}
    row.refresh_from_db()
    walk.answer_all(row)
    walk.write(row, "confirmed")
    assert "panel_incomplete" in _codes(row)


@pytest.mark.parametrize("name", ["security", "customer", "appeals_2"])
def test_database_seats_nobody_dependent(
    name: str, people: People, case: Complaint
) -> None:
    row = walk.admitted(people, case)

    with pytest.raises(DatabaseError, match="panel"), transaction.atomic():
        PanelSeat.objects.create(
            appeal=row, user=getattr(people, name), seat=2, seated_at=row.lodged_at
        )


def test_member_does_not_become_the_reviewer(row: Appeal, people: People) -> None:
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE appeals_appeal SET reviewer_id = %s WHERE id = %s",
            [people.appeals_3.pk, row.pk],
        )


# Votes --------------------------------------------------------------------------------


def test_two_of_three_carry_it_and_the_dissent_is_read(
    row: Appeal, people: People
) -> None:
    _vote(row, people.appeals_3)
    assert _codes(row) == {"votes_missing"}
    with pytest.raises(InvalidInput):
        _vote(row, people.appeals, agrees=False)
    _vote(row, people.appeals, agrees=False, reasons="The hold was no hold.")

    perform(row, "rule", actor=walk.reviewer(row))

    assert row.state == AppealState.RULED
    letter = row.complaint.letters.get(kind="ruling")
    assert "Three people" in letter.body
    assert "> The hold was no hold." in letter.body
    assert people.appeals.get_full_name() not in letter.body
    client = Client()
    client.force_login(people.customer)
    page = f"/complaints/{row.complaint.reference}/appeal/{row.pk}/"
    assert "The hold was no hold." in client.get(page).content.decode()


def test_two_against_one_is_no_ruling(row: Appeal, people: People) -> None:
    for user in (people.appeals, people.appeals_3):
        _vote(row, user, agrees=False, reasons="No.")

    assert _codes(row) == {"panel_against"}


def test_other_words_void_the_votes(row: Appeal, people: People) -> None:
    for user in (people.appeals, people.appeals_3):
        _vote(row, user)
    answer_ground(
        ground=row.grounds.get(), accepted=False, answer="Anew.", actor=people.appeals_2
    )

    assert _codes(row) == {"votes_missing"}


def test_nobody_votes_before_there_is_a_ruling_or_without_a_seat(
    people: People, case: Complaint
) -> None:
    row = walk.reviewing(people, case)
    call_panel(appeal=row, reason="So.", actor=walk.reviewer(row))
    row.refresh_from_db()

    with pytest.raises(IllegalMove):
        _vote(row, people.appeals_3)
    with pytest.raises(NotPermitted):
        _vote(row, people.appeals_2)


def test_member_who_became_dependent_does_not_vote(row: Appeal, people: People) -> None:
    User.objects.filter(pk=people.appeals_3.pk).update(reports_to=people.security)

    with pytest.raises(GuardRefused):
        _vote(row, User.objects.get(pk=people.appeals_3.pk))


def test_who_steps_back_is_barred_and_replaced(row: Appeal, people: People) -> None:
    _vote(row, people.appeals_3)
    fresh = walk.join("fresh", "appeals", "reviewer")

    step_back(appeal=row, reason="I know them.", actor=people.appeals_3)

    assert {seat.user for seat in panel.members(row)} == {fresh, people.appeals}
    assert Conflict.objects.filter(user=people.appeals_3).exists()
    assert not Appeal.objects.visible_to(viewer_of(people.appeals_3)).exists()
    assert "votes_missing" in _codes(row)


def test_new_reviewer_is_not_taken_from_the_seats(row: Appeal, people: People) -> None:
    Absence.objects.all().delete()
    perform(row, "recuse", actor=people.appeals_2, reason="I know them.")

    row.refresh_from_db()
    assert row.reviewer is None


# Pages --------------------------------------------------------------------------------


def test_members_vote_on_the_page_without_seeing_the_other(
    row: Appeal, people: People, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    home = f"/admin/appeals/appeal/{row.pk}/"
    one, other, reviewer = Client(), Client(), Client()
    one.force_login(people.appeals_3)
    other.force_login(people.appeals)
    reviewer.force_login(people.appeals_2)
    seen = {"seen": panel.ruling_hash(row)}
    no = {"agrees": "no", "reasons": "Sonnenuhr.", **seen}

    assert one.post(f"{home}vote/", {"agrees": "no", **seen}).status_code == 422
    assert one.post(f"{home}vote/", no).status_code == 302

    assert "Sonnenuhr." not in other.get(f"{home}change/").content.decode()
    assert other.post(f"{home}vote/", {"agrees": "yes", **seen}).status_code == 302
    assert "Sonnenuhr." in other.get(f"{home}change/").content.decode()
    assert reviewer.get(f"{home}vote/").status_code == 403
    assert one.post(f"{home}step-back/", {"comment": "So."}).status_code == 302


def test_vote_is_on_the_words_that_were_read(
    row: Appeal, people: People, settings: Any
) -> None:
    """They stand on the page; where they changed meanwhile they are shown again."""
    settings.STAFF_SECOND_FACTOR = False
    home, client = f"/admin/appeals/appeal/{row.pk}/vote/", Client()
    client.force_login(people.appeals_3)
    page = client.get(home).content.decode()
    read = panel.ruling_hash(row)
    assert ("Our ruling in one sentence." in page, read in page) == (True, True)
    walk.write(row, "overturned")
    row.refresh_from_db()

    late = client.post(home, {"agrees": "yes", "seen": read})

    assert late.status_code == 422
    again = late.content.decode()
    assert "Somebody changed this case in the meantime." in again
    assert (read in again, panel.ruling_hash(row) in again) == (False, True)
    assert client.post(home, {"agrees": "yes"}).status_code == 422
    with pytest.raises(Stale):
        vote(appeal=row, agrees=True, reasons="", seen=read, actor=people.appeals_3)
    assert not row.seats.exclude(vote="").exists()
    now = {"agrees": "yes", "seen": panel.ruling_hash(row)}
    assert client.post(home, now).status_code == 302
    assert row.seats.get(user=people.appeals_3).vote == "agrees"


def test_dissent_goes_with_its_case(row: Appeal, people: People) -> None:
    _vote(row, people.appeals_3, agrees=False, reasons="The hold was late.")

    erase_case(row.complaint, row.lodged_at)

    seat = PanelSeat.objects.get(user=people.appeals_3)
    assert (seat.vote, seat.reasons) == ("dissents", "")
