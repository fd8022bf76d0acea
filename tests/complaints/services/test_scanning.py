"""Held until it is clean, held for good where it is not, and shut at every door."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints import tasks
from complaints.errors import NotVisible
from complaints.models import (
    Complaint,
    Event,
    Evidence,
    EvidencePage,
    EvidenceTask,
    EvidenceWork,
    Outbox,
)
from complaints.services import barriers, evidence_work, sealed_files
from complaints.services.evidence import Upload, add_copy, add_evidence, open_evidence
from complaints.services.previews import open_page
from complaints.services.scanning import scan_due
from complaints.states import Barrier
from tests import cases
from tests.clamd import EICAR, Clamd, clamd
from tests.people import People

HARMLESS = b"A list of my withdrawals."


@pytest.fixture
def daemon(settings: Any) -> Iterator[Clamd]:
    with clamd() as running:
        settings.CLAMD_URL = running.url
        yield running


@pytest.fixture
def case(people: People) -> Complaint:
    return cases.at(people, "investigating")


def brought(case: Complaint, content: bytes = HARMLESS) -> Evidence:
    upload = Upload("list.txt", content)
    return add_evidence(complaint=case, upload=upload, actor=case.customer.user)


def fresh(row: Evidence) -> Evidence:
    return Evidence.objects.get(pk=row.pk)


def test_clean_file_opens_once_it_is_checked(case: Complaint, daemon: Clamd) -> None:
    row = brought(case)
    assert row.scan_state == "pending"
    with pytest.raises(NotVisible):
        open_evidence(evidence=row, actor=case.customer.user)

    assert scan_due() == 1
    assert scan_due() == 0

    assert daemon.seen == [HARMLESS]
    with open_evidence(evidence=row, actor=case.customer.user) as file:
        assert file.read() == HARMLESS
    checked = fresh(row)
    assert (checked.scan_state, checked.scan_verdict) == ("clean", "")
    owed = EvidenceTask.objects.get(evidence=row, done_at=None)
    assert owed.what == EvidenceWork.PICTURES


def test_infected_file_is_held_and_told(
    people: People, case: Complaint, daemon: Clamd
) -> None:
    row = brought(case, EICAR.encode())
    scan_due()

    held = fresh(row)
    assert (held.scan_state, held.scan_verdict) == (
        "quarantined",
        "Eicar-Test-Signature",
    )
    event = Event.objects.get(what="evidence_infected")
    assert event.payload == {
        "evidence": "E1",
        "sha256": row.sha256,
        "verdict": "Eicar-Test-Signature",
    }
    told = Outbox.objects.filter(key__startswith=f"{event.stream}#{event.seq}:")
    assert [one.recipient for one in told] == [people.security.email]
    assert "list.txt" in case.messages.get(direction="out").text
    # Nothing is drawn of it, now or later.
    assert not EvidenceTask.objects.filter(what=EvidenceWork.PICTURES).exists()


def test_file_of_ours_is_not_told_to_the_customer(
    people: People, case: Complaint, daemon: Clamd
) -> None:
    add_evidence(
        complaint=case,
        upload=Upload("x.txt", EICAR.encode()),
        actor=people.security,
        shared=False,
    )
    scan_due()
    assert case.messages.count() == 0


@pytest.mark.parametrize("content", [HARMLESS, EICAR.encode()], ids=["held", "found"])
def test_no_door_hands_out_what_is_held(
    people: People, case: Complaint, daemon: Clamd, content: bytes
) -> None:
    row = brought(case, content)
    if content != HARMLESS:
        scan_due()
    # Even where pictures were drawn of it before there was a scanner.
    EvidencePage.objects.create(
        evidence=row, number=1, file=row.file.name, width=9, height=9
    )
    inside, outside = Client(), Client()
    inside.force_login(people.security)
    outside.force_login(case.customer.user)
    desk = "admin:complaints_complaint_evidence"
    keys = (case.pk, row.number)
    theirs = (case.reference, row.number)
    doors = [
        (inside, reverse(desk, args=keys)),
        (inside, reverse(f"{desk}_page", args=(*keys, 1))),
        (inside, reverse(f"{desk}_redact", args=keys)),
        (outside, reverse("portal:evidence", args=theirs)),
        (outside, reverse("portal:evidence-page", args=(*theirs, 1))),
        (outside, reverse("api:evidence-file", args=theirs)),
        (inside, reverse("api:evidence-file", args=theirs)),
    ]
    assert {url: client.get(url).status_code for client, url in doors} == dict.fromkeys(
        (url for _client, url in doors), 404
    )
    with pytest.raises(NotVisible):
        open_page(evidence=row, number=1, actor=people.security)
    upload = Upload("copy.txt", b"x")
    with pytest.raises(NotVisible):
        add_copy(original=fresh(row), upload=upload, reason="x", actor=people.security)
    for client, url in (
        (inside, reverse(f"{desk}_look", args=keys)),
        (outside, reverse("portal:evidence-look", args=theirs)),
    ):
        page = client.get(url)
        assert page.status_code == 200
        assert row.file.name not in page.content.decode()
        assert b" download" not in page.content


@pytest.mark.parametrize("content", [HARMLESS, EICAR.encode()], ids=["clean", "found"])
def test_behind_a_barrier_the_verdict_stays_there(
    people: People, case: Complaint, daemon: Clamd, content: bytes
) -> None:
    officer = people.compliance_officer
    barrier = barriers.put_up(
        complaint=case, kind=Barrier.SUSPICION, reason="It smells.", actor=officer
    )
    upload = Upload("hint.txt", content)
    row = sealed_files.keep_file(barrier=barrier, upload=upload, actor=officer)
    told, version = Outbox.objects.count(), fresh_events(case)
    with pytest.raises(NotVisible):
        sealed_files.open_file(barrier=barrier, pk=row.pk, actor=officer)

    assert scan_due() == 1

    scanned = Evidence.every.get(pk=row.pk)
    verdict = Event.objects.get(payload__sha256=row.sha256, what__contains="evidence_")
    assert verdict.stream == barrier.stream
    assert (Outbox.objects.count(), fresh_events(case)) == (told, version)
    assert not EvidenceTask.objects.filter(what=EvidenceWork.PICTURES).exists()
    if content != HARMLESS:
        assert scanned.scan_state == "quarantined"
        with pytest.raises(NotVisible):
            sealed_files.open_file(barrier=barrier, pk=row.pk, actor=officer)
        return
    assert scanned.scan_state == "clean"
    _row, file = sealed_files.open_file(barrier=barrier, pk=row.pk, actor=officer)
    with file:
        assert file.read() == content
    Path(scanned.file.path).write_bytes(b"another")
    with pytest.raises(NotVisible):
        sealed_files.open_file(barrier=barrier, pk=row.pk, actor=officer)


def fresh_events(case: Complaint) -> tuple[int, int]:
    return case.messages.count(), Event.objects.filter(stream=case.stream).count()


def test_copy_does_not_name_an_original_behind_a_barrier(
    people: People, case: Complaint
) -> None:
    upload = Upload("heliotrope.txt", HARMLESS)
    row = add_evidence(complaint=case, upload=upload, actor=people.security)
    copy = add_copy(
        original=row,
        upload=Upload("copy.txt", b"x"),
        reason="Shorter",
        actor=people.security,
    )
    client = Client()
    client.force_login(people.security)
    desk = "admin:complaints_complaint"
    pages = [
        reverse(f"{desk}_change", args=[case.pk]),
        reverse(f"{desk}_evidence_look", args=[case.pk, copy.number]),
    ]
    for url in pages:
        assert "heliotrope" in client.get(url).content.decode()

    officer = people.compliance_officer
    barrier = barriers.put_up(
        complaint=case, kind=Barrier.INSIDER, reason="It smells.", actor=officer
    )
    barriers.move_behind(barrier=barrier, row=row, actor=officer)

    for url in pages:
        page = client.get(url).content.decode()
        assert "copy.txt" in page
        assert "Shorter" in page
        assert "heliotrope" not in page


def test_silence_is_no_verdict_and_is_asked_again(
    case: Complaint, daemon: Clamd
) -> None:
    row = brought(case)
    now = timezone.now()
    daemon.say(b"INSTREAM size limit exceeded. ERROR")
    assert scan_due(now=now) == 0
    task = EvidenceTask.objects.get()
    assert (task.tries, task.error) == (1, "INSTREAM size limit exceeded. ERROR")
    assert fresh(row).scan_state == "pending"

    daemon.say(None)
    assert scan_due(now=now + timedelta(seconds=30)) == 0
    assert scan_due(now=now + timedelta(seconds=61)) == 1
    assert fresh(row).scan_state == "clean"


def test_two_workers_give_one_verdict(case: Complaint, daemon: Clamd) -> None:
    brought(case, EICAR.encode())
    now = timezone.now()
    first, second = (
        evidence_work.claim_due(EvidenceWork.SCAN, limit=5, now=now) for _worker in "ab"
    )
    assert (len(list(first)), len(list(second))) == (1, 0)
    # The first one died with it: its lease runs out and another finishes.
    assert scan_due(now=now + timedelta(minutes=4)) == 0
    assert scan_due(now=now + timedelta(minutes=6)) == 1
    assert Event.objects.filter(what="evidence_infected").count() == 1


def test_each_file_is_leased_when_its_turn_comes(
    case: Complaint, daemon: Clamd
) -> None:
    """Those before it may take longer than a lease."""
    for content in (HARMLESS, b"Another."):
        brought(case, content)

    with time_machine.travel(timezone.now(), tick=False) as clock:
        claims = evidence_work.claim_due(EvidenceWork.SCAN, limit=5)
        first = next(claims)
        clock.shift(evidence_work.LEASE)
        second = next(claims)

    assert first.leased_until is not None
    assert second.leased_until == first.leased_until + evidence_work.LEASE


def test_without_a_scanner_files_open_and_say_so(
    people: People, case: Complaint, settings: Any
) -> None:
    settings.CLAMD_URL = ""
    row = brought(case)
    assert row.scan_state == "not_scanned"
    client = Client()
    client.force_login(case.customer.user)
    page = client.get(reverse("portal:case", args=[case.reference])).content.decode()
    assert "Not checked: no scanner here" in page
    assert scan_due() == 0
    # Once there is one, what came before is checked as well.
    with clamd() as late:
        settings.CLAMD_URL = late.url
        tasks.look_at_evidence()
    assert fresh(row).scan_state == "clean"


def test_what_lies_there_is_what_was_sealed(case: Complaint) -> None:
    row = brought(case)
    Path(row.file.path).write_bytes(HARMLESS + b"!")
    with pytest.raises(NotVisible):
        open_evidence(evidence=row, actor=case.customer.user)
    assert not Event.objects.filter(what="evidence_opened").exists()
