"""What a test committed is gone for the next, and nothing else is."""

import psycopg
import pytest
from django.db import connection

from complaints import triggers
from teams.models import User
from tests import cases
from tests.flush import end_other_sessions, every_row, put_back
from tests.people import everybody, make_user


@pytest.mark.django_db(transaction=True)
def test_everything_is_put_back_as_it_was() -> None:
    before = every_row()
    cases.at(everybody(), "answered")
    User.objects.filter(username="outsider").update(username="gone")
    make_user("somebody")
    triggers.remove()
    assert every_row() != before

    assert put_back()

    assert every_row() == before
    assert len(before["teams_user"]) > 20
    assert triggers.missing() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_session_left_behind_is_ended() -> None:
    settings = connection.get_connection_params()
    with psycopg.connect(**{**settings, "cursor_factory": psycopg.Cursor}) as other:
        end_other_sessions()
        with pytest.raises(psycopg.OperationalError):
            other.execute("SELECT 1")
