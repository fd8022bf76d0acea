"""Tasks and the command that do the same by hand."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from complaints import tasks
from complaints.models import Outbox
from complaints.services import pulse
from tests import cases
from tests.people import People


def test_task_sends_what_is_due(people: People, mailoutbox: Any) -> None:
    case = cases.filed(people)

    assert tasks.relay_outbox() == 1

    assert [mail.subject for mail in mailoutbox] == [
        f"Complaint {case.reference}: we have it"
    ]
    assert tasks.relay_outbox() == 0


def test_task_goes_on_while_batches_are_full(
    people: People, mailoutbox: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    for _case in range(5):
        cases.filed(people)

    assert tasks.relay_outbox() == 5


def test_command_sends_and_says_so(people: People, mailoutbox: Any) -> None:
    cases.filed(people)
    out = StringIO()

    call_command("relay_outbox", "--once", stdout=out)

    assert out.getvalue() == "sent 1, failed 0, given up 0\n"
    assert Outbox.objects.get().status == "sent"


def test_command_has_nothing_to_say_of_nothing(db: None) -> None:
    out = StringIO()

    call_command("relay_outbox", "--once", stdout=out)

    assert out.getvalue() == ""


def test_heartbeat_shows_that_somebody_works() -> None:
    assert (pulse.last_beat(), pulse.is_alive()) == (None, False)

    tasks.heartbeat()

    beat = pulse.last_beat()
    assert beat is not None
    assert timezone.now() - beat < timedelta(seconds=5)
    assert pulse.is_alive()


@pytest.mark.parametrize(("silent", "alive"), [(4, True), (5, False), (60, False)])
def test_worker_that_is_silent_too_long_is_not_alive(silent, alive):
    beat = pulse.beat()

    assert pulse.is_alive(now=beat + timedelta(minutes=silent)) is alive
