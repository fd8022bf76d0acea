"""What a test committed is gone for the next, and nothing else is."""

import pytest

from complaints import triggers
from teams.models import User
from tests import cases
from tests.flush import every_row, put_back
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
