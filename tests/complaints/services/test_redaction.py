"""Pictures by a worker, and copies of which nothing is left under a box."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from complaints import drawing
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import Complaint, Event, Evidence, EvidenceTask
from complaints.services import evidence_work
from complaints.services.evidence import Upload, add_evidence, forget_orphans
from complaints.services.previews import draw_due, trouble_of
from complaints.services.redaction import redact
from tests import cases
from tests.complaints.drawing import files
from tests.people import People

BOX = drawing.Box(page=1, left=0.0, top=0.2, right=1.0, bottom=0.8)


@pytest.fixture
def case(people: People) -> Complaint:
    return cases.at(people, "investigating")


def drawn(case: Complaint, content: bytes, name: str = "list.pdf") -> Evidence:
    row = add_evidence(
        complaint=case, upload=Upload(name, content), actor=case.customer.user
    )
    draw_due()
    return Evidence.objects.get(pk=row.pk)


def test_copy_of_a_pdf_holds_no_text_and_no_stroke_of_what_was_covered(
    people: People, case: Complaint
) -> None:
    content = files.pdf("SECRETACCOUNT", pages=2)
    original = drawn(case, content)
    assert (original.pages, original.pictures.count()) == (2, 2)
    boxes = [BOX, drawing.Box(2, 0.0, 0.2, 1.0, 0.8)]
    copy = redact(
        evidence=original,
        boxes=boxes,
        reason="Another's",
        actor=people.security,
    )

    with copy.file.open("rb") as file:
        covered = file.read()
    assert b"SECRETACCOUNT" in _texts(content)
    assert _texts(covered).strip() == b""
    assert b"SECRETACCOUNT" not in covered
    # Every stroke lay under the boxes, so pages of one shade are left beside them.
    for sheet in _sheets(covered):
        wide, high = sheet.size
        above = sheet.crop((0, 0, wide, int(high * 0.18))).convert("L").getextrema()
        middle = sheet.crop((0, int(high * 0.22), wide, int(high * 0.78)))
        assert above[0] > 245
        assert middle.convert("L").getextrema()[1] < 10
    assert (copy.derived_from, copy.reason, copy.kind) == (
        original,
        "Another's",
        original.kind,
    )
    assert copy.original_name == "E1 redacted.pdf"
    assert not copy.shared_with_customer
    with original.file.open("rb") as file:
        assert file.read() == content
    event = Event.objects.get(what="evidence_copied")
    assert event.payload["original_sha256"] == original.sha256
    assert event.payload["sha256"] == copy.sha256 != original.sha256


def _texts(content: bytes) -> bytes:
    book = pypdf.PdfReader(io.BytesIO(content))
    return " ".join(page.extract_text() for page in book.pages).encode()


def _sheets(content: bytes) -> list[Image.Image]:
    book = pypdf.PdfReader(io.BytesIO(content))
    return [page.images[0].image for page in book.pages]


@pytest.mark.drill
def test_copy_of_a_picture_is_a_picture(people: People, case: Complaint) -> None:
    original = drawn(case, files.with_exif(), "shot.jpg")
    copy = redact(
        evidence=original, boxes=[BOX], reason="x", actor=people.security, shared=True
    )
    assert (copy.content_type, copy.shared_with_customer) == ("image/png", True)
    with copy.file.open("rb") as file, Image.open(file) as sheet:
        assert sheet.convert("L").getpixel((50, 100)) == 0
        assert sheet.convert("L").getpixel((50, 5)) == 255
        assert sheet.info == {}


def test_who_may_and_what_is_refused(people: People, case: Complaint) -> None:
    original = drawn(case, files.picture(), "shot.png")

    def attempt(actor: object, **given: object) -> None:
        asked = {"boxes": [BOX], "reason": "x", **given}
        redact(evidence=original, actor=actor, **asked)  # type: ignore[arg-type]

    with pytest.raises(NotPermitted):
        attempt(people.customer)
    for stranger in (people.risk, people.other_customer, people.admin):
        with pytest.raises(NotVisible):
            attempt(stranger)
    outside = drawing.Box(2, 0, 0, 1, 1)
    turned = drawing.Box(1, 0.5, 0, 0.4, 1)
    nothing = drawing.Box(1, float("nan"), 0, 1, 1)
    for boxes in ([], [BOX] * 201, [outside], [turned], [nothing]):
        with pytest.raises(InvalidInput):
            attempt(people.security, boxes=boxes)
    with pytest.raises(InvalidInput):
        attempt(people.security, reason=" ")
    assert case.evidence.count() == 1


def test_nothing_to_cover_without_pictures(people: People, case: Complaint) -> None:
    row = drawn(case, files.png_of(50_000, 50_000), "flood.png")
    assert (row.pages, trouble_of(row)) == (0, "pixels")
    with pytest.raises(IllegalMove):
        redact(evidence=row, boxes=[BOX], reason="x", actor=people.security)


def test_child_that_dies_is_tried_again_and_given_up(
    case: Complaint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "SECONDS", 0.001)
    now, row = timezone.now(), drawn(case, files.picture(), "shot.png")
    for minutes in (10, 20, 30, 40):
        draw_due(now=now + timedelta(minutes=minutes))
    assert EvidenceTask.objects.get().tries == 3
    assert trouble_of(row) == "It took too long."


def test_page_and_pictures_for_both_sides(people: People, case: Complaint) -> None:
    row = drawn(case, files.picture(), "shot.png")
    desk = "admin:complaints_complaint_evidence"
    for user, look, page in (
        (
            people.security,
            reverse(f"{desk}_look", args=(case.pk, 1)),
            reverse(f"{desk}_page", args=(case.pk, 1, 1)),
        ),
        (
            people.customer,
            reverse("portal:evidence-look", args=(case.reference, 1)),
            reverse("portal:evidence-page", args=(case.reference, 1, 1)),
        ),
    ):
        client = Client()
        client.force_login(user)
        with CaptureQueriesContext(connection) as asked:
            assert page in client.get(look).content.decode()
        assert len(asked) <= 12
        for _again in range(2):
            answer = client.get(page)
            assert answer["Content-Type"] == "image/webp"
            assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
            assert answer["Cache-Control"].startswith("no-store, private")
            assert answer.getvalue().startswith(b"RIFF")
            for close in answer._resource_closers:
                close()
    read = Event.objects.filter(what="evidence_previewed", stream=f"reads:{case.pk}")
    assert [event.actor for event in read.order_by("seq")] == [
        people.security,
        people.customer,
    ]
    # The clean-up knows whose the pictures are.
    forget_orphans(older_than_seconds=-1)
    assert row.pictures.get().file.storage.exists(str(row.pictures.get().file.name))


@pytest.mark.drill
def test_redaction_page_without_a_script(people: People, case: Complaint) -> None:
    drawn(case, files.picture(), "shot.png")
    client = Client()
    client.force_login(people.security)
    url = reverse("admin:complaints_complaint_evidence_redact", args=(case.pk, 1))
    sent = {"boxes": "1 10 20 50 40\n", "reason": "Another's address"}
    shown = client.post(url, {**sent, "look": "1"})
    assert shown.status_code == 200
    assert '<rect x="20" y="20" width="80" height="20"/>' in shown.content.decode()
    assert case.evidence.count() == 1
    for wrong in ("1 2 3", "a b c d e", "1 50 0 40 9", "9 0 0 9 9", "1e999 0 0 9 9"):
        assert client.post(url, {**sent, "boxes": wrong}).status_code == 422
    assert client.post(url, sent).status_code == 302
    assert case.evidence.get(number=2).derived_from_id == case.evidence.get(number=1).pk


def test_work_is_claimed_once(case: Complaint) -> None:
    add_evidence(
        complaint=case,
        upload=Upload("a.png", files.picture()),
        actor=case.customer.user,
    )
    now = timezone.now()
    ask = {"limit": 5, "now": now}
    first = list(evidence_work.claim_due(evidence_work.EvidenceWork.PICTURES, **ask))
    assert len(first) == 1
    assert draw_due(now=now) == 0
    assert evidence_work.finish(first[0], now=now)
    assert not evidence_work.finish(first[0], now=now)
