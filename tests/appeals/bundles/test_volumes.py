"""A large case is drawn in volumes, each no larger than there is room for."""

import io
from datetime import timedelta
from functools import partial
from typing import Any

import pypdf
import pytest
from django.utils import timezone

from appeals import verify_bundle
from appeals.models import Bundle
from appeals.services import bundles
from appeals.services.bundles import make
from appeals.services.bundles.read import CaseFile, read_case
from appeals.services.bundles.volumes import volumes
from complaints import letter_system
from complaints.models import Complaint
from complaints.services import correspond
from complaints.states import State
from teams.system import system_actor
from tests.appeals import walk
from tests.appeals.bundles.test_make import content, inside
from tests.people import People

pytestmark = pytest.mark.filterwarnings(
    # WeasyPrint leaves the colour profile of its archives open.
    "ignore:.*sRGB2014:pytest.PytestUnraisableExceptionWarning",
    "ignore:.*sRGB2014:ResourceWarning",
)


@pytest.fixture
def asked(people: People, case_at: Any) -> Bundle:
    case: Complaint = case_at(State.ANSWERED)
    for number in range(4):
        correspond.reply(complaint=case, text=f"Reply {number}.", actor=people.security)
    walk.appeal(case)
    return bundles.ask_bundle(complaint=case, variant="whole", actor=system_actor())


@pytest.fixture
def case(asked: Bundle) -> CaseFile:
    return read_case(asked, asked.asked_at)


def test_what_has_room_is_one_volume(case: CaseFile) -> None:
    (only,) = volumes(case)

    assert (only.name, only.is_first, only.is_last) == ("bundle.pdf", True, True)
    assert (only.timeline, only.exhibits) == (case.timeline, case.exhibits)


@pytest.mark.parametrize("room", [1, 2.5, 7])
def test_everything_is_in_one_volume_and_in_its_order(
    case: CaseFile, room: float
) -> None:
    found = volumes(case, room)

    assert [one.name for one in found[:2]] == ["bundle.pdf", "bundle-2.pdf"]
    assert [one.number for one in found] == list(range(1, found[0].of + 1))
    assert [row for one in found for row in one.timeline] == case.timeline
    assert [row for one in found for row in one.exhibits] == case.exhibits
    letters = [row for row in case.letters if row.body]
    assert [row for one in found for row in one.letters] == letters
    for one in found:
        rows = len(one.timeline) + len(one.exhibits)
        assert 0 < len(one.letters) + rows / 4 <= room


@pytest.mark.skipif(not letter_system.available(), reason="make system")
def test_volumes_are_drawn_signed_and_checked(
    asked: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(make, "volumes", partial(volumes, room=9))

    assert bundles.make_due() == 1

    asked.refresh_from_db()
    files = inside(asked)
    names = [name for name in files if name.endswith(".pdf") and "/" not in name]
    assert names[:2] == ["bundle.pdf", "bundle-2.pdf"]
    texts = [_text(files[name]) for name in names]
    of = len(names)
    for number, text in enumerate(texts, start=1):
        assert f"volume {number} of {of}" in text
        assert ("Signed with" in text) == (number == 1)
        assert ("What stands behind an information barrier" in text) == (number == of)
    assert sum(text.count("Reply 3.") for text in texts) >= 1
    path = tmp_path / "bundle.zip"
    path.write_bytes(content(asked))
    assert verify_bundle.main([str(path)]) == 0


@pytest.mark.skipif(not letter_system.available(), reason="make system")
def test_volumes_take_no_memory_of_the_worker(
    asked: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where they are many each has a process of its own, and less room."""
    rooms: list[float] = []

    def small(case: CaseFile, room: float = 100) -> list[Any]:
        rooms.append(room)
        return volumes(case, 9)

    monkeypatch.setattr(make, "volumes", small)
    monkeypatch.setattr(make, "MOST_HERE", 1)
    monkeypatch.setattr(make.page, "pdf", None)

    assert bundles.make_due() == 1
    assert rooms == [100, make.ROOM_APART]


def test_large_case_holds_its_lease_while_it_is_made(
    asked: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody begins it a second time after a quarter of an hour."""
    begun = timezone.now()
    seen: list[Any] = []

    def slow(volume: Any) -> bytes:
        late = begun + timedelta(minutes=10)
        seen.append(Bundle.objects.filter(make._free(late), pk=asked.pk).exists())
        return b"%PDF-1.7"

    monkeypatch.setattr(make.page, "pdf", slow)
    monkeypatch.setattr(letter_system, "available", lambda: True)
    bundles.make_due(now=begun - timedelta(minutes=10))

    assert seen == [False]


def _text(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text() for page in pages).replace("\n", " ")
