"""The database itself refuses a reviewer who is none, on SQLite and PostgreSQL."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from appeals.models import Appeal
from complaints.states import AppealState, State
from tests.appeals import walk
from tests.people import People


def _sql(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def _set_reviewer(row: Appeal, user: Any) -> None:
    _sql("UPDATE appeals_appeal SET reviewer_id = %s WHERE id = %s", user.pk, row.pk)


@pytest.fixture
def row(people: People, case_at: Any) -> Appeal:
    return walk.appeal(case_at(State.ANSWERED))


@pytest.mark.parametrize(
    "name",
    ["security", "security_lead", "compliance_officer", "customer", "head", "tech"],
)
def test_reviewer_outside_the_team_is_refused(
    name: str, people: People, row: Appeal
) -> None:
    with pytest.raises(DatabaseError):
        _set_reviewer(row, getattr(people, name))

    row.refresh_from_db()
    assert row.reviewer == people.appeals_2


def test_reviewer_who_acted_is_refused_though_in_the_team(
    people: People, row: Appeal
) -> None:
    from teams.models import Membership, Team

    team = Team.objects.get(code="appeals")
    for user in (people.security, people.security_lead):
        Membership.objects.create(user=user, team=team, role="reviewer")
        with pytest.raises(DatabaseError):
            _set_reviewer(row, user)


def test_another_member_who_never_acted_is_taken(people: People, row: Appeal) -> None:
    _set_reviewer(row, people.appeals_3)

    row.refresh_from_db()
    assert row.reviewer == people.appeals_3


def test_proposer_is_refused_by_the_table_itself(people: People, row: Appeal) -> None:
    with pytest.raises(DatabaseError):
        Appeal.objects.filter(pk=row.pk).update(first_proposer=row.reviewer)


@pytest.mark.parametrize("state", [s for s in AppealState if s != AppealState.LODGED])
def test_state_is_not_set_by_hand(state: str, row: Appeal) -> None:
    with pytest.raises(DatabaseError):
        _sql("UPDATE appeals_appeal SET state = %s WHERE id = %s", state, row.pk)
    with pytest.raises(DatabaseError):
        _sql(
            "UPDATE appeals_appeal SET state = %s, version = version + 1 WHERE id = %s",
            state,
            row.pk,
        )


def test_appeal_is_not_deleted(row: Appeal) -> None:
    with pytest.raises(DatabaseError):
        _sql("DELETE FROM appeals_appeal WHERE id = %s", row.pk)


def test_second_living_appeal_is_refused(people: People, row: Appeal) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Appeal.objects.create(
            complaint=row.complaint,
            decision=None,
            lodged_at=row.lodged_at,
            lodged_by=people.customer,
            statement="",
        )


def test_second_appeal_on_a_decision_is_refused(people: People, row: Appeal) -> None:
    from complaints.workflow import perform

    perform(row, "withdraw", actor=people.customer)

    with pytest.raises(DatabaseError), transaction.atomic():
        Appeal.objects.create(
            complaint=row.complaint,
            decision=row.decision,
            lodged_at=row.lodged_at,
            lodged_by=people.customer,
            statement="",
        )


def test_appeal_is_born_lodged(people: People, case_at: Any) -> None:
    case = case_at(State.ANSWERED)
    with pytest.raises(DatabaseError), transaction.atomic():
        Appeal(
            complaint=case,
            state=AppealState.RULED,
            lodged_at=case.received_at,
            lodged_by=people.customer,
            statement="",
        ).save()


# The sealed file ----------------------------------------------------------------------


def test_sealed_file_takes_no_further_line(row: Appeal) -> None:
    last = row.file.last()
    assert last is not None
    last.pk, last.number = None, last.number + 1

    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        last.save(force_insert=True)


def test_line_of_the_file_is_neither_changed_nor_deleted(row: Appeal) -> None:
    line = row.file.first()
    assert line is not None
    table = "appeals_fileditem"

    for column, value in (("sha256", "0" * 64), ("title", "x"), ("object_id", 1_000)):
        with pytest.raises(DatabaseError):
            _sql(f"UPDATE {table} SET {column} = %s WHERE id = %s", value, line.pk)  # noqa: S608
    with pytest.raises(DatabaseError):
        _sql(f"DELETE FROM {table} WHERE id = %s", line.pk)  # noqa: S608
    _sql(f"UPDATE {table} SET title = '' WHERE id = %s", line.pk)  # noqa: S608
    assert row.file.count() == row.file.filter(sha256__gt="").count()


def test_end_of_the_file_is_not_moved(row: Appeal) -> None:
    for column, value in (("file_seq", 99), ("file_head", "0" * 64)):
        with pytest.raises(DatabaseError):
            _sql(f"UPDATE appeals_appeal SET {column} = %s", value)  # noqa: S608
