"""D22: the ledger under the hands of the application and of a database owner."""

import subprocess
import sys

import pytest
from django.db import DatabaseError, connection, transaction

from complaints import triggers
from complaints.models import Event
from config.paths import BASE_DIR
from tests import cases
from tests.drills.conftest import child_environment
from tests.people import everybody

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def _verify() -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "verify_ledger"],
        cwd=BASE_DIR,
        env=child_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_d22_application_is_refused_and_owner_is_found() -> None:
    case = cases.at(everybody(), "investigating")
    event = Event.objects.get(stream=case.stream, seq=2)
    edit = "UPDATE complaints_event SET actor_role = 'system' WHERE id = %s"
    delete = "DELETE FROM complaints_event WHERE id = %s"

    for query in (edit, delete):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(query, [event.pk])
    assert _verify().returncode == 0

    triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute(edit, [event.pk])
    triggers.install()

    found = _verify()
    assert found.returncode == 1
    assert f"{case.stream} #2: was edited" in found.stderr
