"""D3: the web process dies at random points of a filing."""

import os
import random
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connections
from django.test import Client

from complaints import ledger
from complaints.models import Clock, Complaint, DraftFile, Evidence, Outbox, Point
from complaints.services.evidence import forget_orphans
from tests.complaints.portal.forms import file_short
from tests.people import everybody

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

CRASHES = 200
SPARED = 1.25
"""Some are let live: the last crash may lie this much behind the end of a filing."""
OURS = str(settings.BASE_DIR / "complaints")


def _die_after(lines: int) -> Any:
    """A tracer that ends the process at the given line of our own code."""
    left = [lines]

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line":
            left[0] -= 1
            if left[0] <= 0:
                os._exit(9)
        return trace

    return trace


def _lines_of_a_filing(user: Any) -> int:
    """How many lines of our own code run from the first page to the receipt."""
    count = [0]

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        count[0] += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        assert _file(0, user)
    finally:
        sys.settrace(before)
    return count[0]


def _file(number: int, user: Any) -> str:
    client = Client()
    client.force_login(user)
    answer = file_short(
        client,
        subject=f"Crash {number}",
        description="The process may die while this is kept.",
        files=[ContentFile(b"a log line", "log.txt")],
    )
    return str(answer.get("Location", ""))


def _child(number: int, user: Any, most: int, pipe: int) -> None:
    connections.close_all()
    sys.settrace(_die_after(random.Random(number).randint(1, most)))
    landed = _file(number, user)
    sys.settrace(None)
    os.write(pipe, f"{landed}\n".encode())
    os._exit(0)


def _crash_often(user: Any, most: int) -> list[str]:
    """Where those landed who were told that it was kept."""
    told, tell = os.pipe()
    for number in range(CRASHES):
        connections.close_all()
        pid = os.fork()
        if pid == 0:
            _child(number, user, most, tell)
        os.waitpid(pid, 0)
    os.close(tell)
    with os.fdopen(told) as lines:
        return lines.read().split()


def test_d3_web_process_dies_between_any_two_lines() -> None:
    people = everybody()
    assert _file(0, people.customer)  # what is loaded once is loaded here
    most = int(_lines_of_a_filing(people.customer) * SPARED)

    landed = _crash_often(people.customer, most)

    references = {place.split("/")[2] for place in landed}
    kept = Complaint.objects.all()
    assert 0 < len(references) < CRASHES
    assert references <= set(kept.values_list("reference", flat=True))
    for case in kept:
        assert Outbox.objects.filter(complaint=case, kind="receipt").count() == 1
        assert Point.objects.filter(complaint=case).count() == 2
        assert Clock.objects.filter(complaint=case).count() == 3
    assert list(ledger.verify()) == []
    forget_orphans(older_than_seconds=0)
    storage = Evidence._meta.get_field("file").storage
    root = Path(storage.location)
    files = (path for path in root.rglob("*") if path.is_file())
    stored = {str(path.relative_to(root)) for path in files}
    known = (Evidence.objects, DraftFile.objects)  # a draft left behind keeps its own
    assert stored == {
        name for rows in known for name in rows.values_list("file", flat=True)
    }
