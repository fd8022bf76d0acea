"""Stored first, decided once, never lost."""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from complaints import ledger
from complaints.channels import pipeline
from complaints.channels.email import inbound
from complaints.channels.email.inbound import receive
from complaints.channels.pipeline import Taken, Way, resume_undecided
from complaints.errors import InvalidInput
from complaints.models import Complaint, Evidence, Message, Outbox, Party, RawMessage
from complaints.models.evidence import evidence_storage
from tests.complaints.channels.email.corpus import files, needs_corpus
from tests.complaints.channels.email.mails import (
    ANN,
    a_mail,
    answer_to,
    letters_to,
    opened,
    outcome,
    with_files,
)
from tests.few import few

OUTCOMES = {"opened", "appended", "held", "dropped"}


class Killed(BaseException):
    """What a kill leaves no time to handle."""


def counts() -> Counter[str]:
    return Counter(RawMessage.objects.values_list("outcome", flat=True))


def rows() -> tuple[int, ...]:
    models = (RawMessage, Complaint, Message, Evidence, Outbox, Party)
    return tuple(model.objects.count() for model in models)


def later() -> Any:
    return timezone.now() + timedelta(minutes=2)


# Once ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_same_mail_twice_adds_nothing() -> None:
    raw = with_files(("a.txt", b"one"))
    first = receive(raw)
    before = rows()
    second = receive(raw)

    assert rows() == before
    assert (first.duplicate, second.duplicate) == (False, True)
    assert second.complaint == first.complaint
    assert outcome(second) == outcome(first) == ("opened", "")


@pytest.mark.django_db
def test_mail_that_reached_two_of_our_mailboxes_is_one() -> None:
    first = receive(a_mail(Received="from a by b; Wed, 18 Nov 2026 08:30:00 +0000"))
    second = receive(a_mail(Delivered_To="help@localhost", Return_Path=f"<{ANN}>"))

    assert second.duplicate
    assert second.complaint == first.complaint


@pytest.mark.django_db
def test_other_mail_under_a_reused_message_id_is_another() -> None:
    raw = a_mail("One matter.")
    first, second = receive(raw), receive(raw.replace(b"One", b"Two"))

    assert first.inbound.message_id == second.inbound.message_id
    assert (second.outcome, second.duplicate) == ("opened", False)


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_open_one_complaint() -> None:
    raw = with_files(("a.txt", b"one"))
    taken: list[Taken] = []
    start = threading.Barrier(10)

    def run() -> None:
        try:
            start.wait()
            taken.append(receive(raw))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert Counter(t.duplicate for t in taken) == {True: 9, False: 1}
    assert {t.outcome for t in taken} == {"opened"}
    assert rows()[:4] == (1, 1, 0, 1)
    assert Party.objects.count() == 1


# Killed -------------------------------------------------------------------------------

POINTS = (
    "complaints.channels.pipeline._settle",
    "complaints.channels.pipeline.claim",
    "complaints.channels.email.inbound.open_for_sender",
    "complaints.channels.pipeline.keep",
    "complaints.services.intake.file_complaint",
    "complaints.services.evidence.add_evidence",
    "complaints.channels.cases._origin",
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", few(POINTS, POINTS[0], POINTS[3], POINTS[5]))
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_anywhere_nothing_is_lost_and_nothing_is_twice(
    point: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = with_files(("a.txt", b"one"), ("b.txt", b"two"))
    with monkeypatch.context() as patch:
        patch.setattr(point, _deadly(_real(point), after))
        with pytest.raises(Killed):
            receive(raw)
    row = RawMessage.objects.get()
    decided = row.outcome
    assert bytes(row.raw) == raw
    assert Complaint.objects.count() == (1 if decided else 0)

    resume_undecided(now=later())
    assert outcome(receive(raw)) == ("opened", "")
    assert counts() == {"opened": 1}
    assert rows()[1:4] == (1, 0, 2)
    assert list(ledger.verify()) == []


def _real(point: str) -> Callable[..., Any]:
    import importlib

    module, _, name = point.rpartition(".")
    real: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return real


def _deadly(real: Callable[..., Any], after: bool) -> Callable[..., Any]:
    def function(*given: Any, **named: Any) -> None:
        if after:
            real(*given, **named)
        raise Killed

    return function


@pytest.mark.django_db(transaction=True)
def test_killed_before_the_bytes_are_stored_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        point = "complaints.channels.pipeline._is_new"
        patch.setattr(point, _deadly(_real(point), after=False))
        with pytest.raises(Killed):
            receive(a_mail())

    assert not RawMessage.objects.exists()
    assert outcome(receive(a_mail())) == ("opened", "")


@pytest.mark.django_db
def test_row_in_somebodys_hands_is_left_alone() -> None:
    taken = receive(a_mail())
    now = timezone.now()
    RawMessage.objects.update(outcome="", decided_at=now)

    assert resume_undecided(now=now + timedelta(seconds=30)) == []
    assert resume_undecided(now=now + timedelta(seconds=90)) == [taken.raw_message]
    assert RawMessage.objects.get().outcome == "opened"
    assert Complaint.objects.count() == 1


@pytest.mark.django_db
def test_row_that_killed_three_processes_is_held() -> None:
    """A process that dies counts nothing itself: each resumption counts first."""
    receive(a_mail())
    past = timezone.now() - timedelta(hours=1)
    RawMessage.objects.update(outcome="", tries=3, decided_at=past)
    resume_undecided()

    assert RawMessage.objects.values_list("outcome", "reason").get() == (
        "held",
        "poison",
    )


# Poison -------------------------------------------------------------------------------


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A mail that breaks whatever decides it, after it stored a file."""
    real = inbound.WAY.decide

    def decide(work: Any) -> Any:
        verdict = real(work)
        if "POISON" in work.inbound.text:
            raise RuntimeError("a fault of ours")
        return verdict

    way = Way("email", inbound.WAY.external_id, inbound.WAY.parse, decide)
    monkeypatch.setattr(inbound, "WAY", way)
    return with_files(("a.txt", b"one"), text="POISON")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("position", few([0, 4, 9], 4))
def test_poison_is_set_aside_and_the_others_come_through(
    poison: bytes, position: int
) -> None:
    batch = [a_mail(sender=f"c{n}@example.com", number=n) for n in range(9)]
    batch.insert(position, poison)
    taken = [receive(raw) for raw in batch]

    assert counts() == {"opened": 9, "held": 1}
    assert outcome(taken[position]) == ("held", "poison")
    assert bytes(taken[position].raw_message.raw) == poison
    assert taken[position].raw_message.tries == 3
    assert Complaint.objects.count() == 9
    assert not Evidence.objects.exists()

    again = receive(poison)
    assert (outcome(again), again.duplicate) == (("held", "poison"), True)


@pytest.mark.django_db
def test_file_of_a_failed_try_is_taken_away_again(poison: bytes) -> None:
    root = Path(evidence_storage().path(""))
    before = {path for path in root.rglob("*") if path.is_file()}
    receive(poison)

    assert {path for path in root.rglob("*") if path.is_file()} == before


@pytest.mark.django_db
def test_what_a_case_refuses_is_held_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_given: Any) -> None:
        raise InvalidInput("No.", field="file", code="full")

    monkeypatch.setattr("complaints.services.evidence.add_evidence", refuse)
    taken = receive(with_files(("a.txt", b"one")))

    assert outcome(taken) == ("held", "invalid")
    assert taken.raw_message.verdicts["refused"] == "full"
    assert not Complaint.objects.exists()


@pytest.mark.django_db
def test_message_that_breaks_the_parser_waits_for_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_raw: bytes, _account: str) -> Any:
        raise RecursionError

    way = Way("email", inbound.WAY.external_id, fail, inbound.WAY.decide)
    monkeypatch.setattr(inbound, "WAY", way)
    taken = receive(a_mail())

    assert outcome(taken) == ("held", "unreadable")
    assert bytes(RawMessage.objects.get().raw) == a_mail()


@pytest.mark.django_db
def test_key_that_cannot_be_reckoned_falls_back_to_the_bytes() -> None:
    def fail(_raw: bytes) -> str:
        raise ValueError("no key")

    way = Way("email", fail, inbound.WAY.parse, inbound.WAY.decide)
    assert pipeline._key(b"x", way) == hashlib.sha256(b"x").hexdigest()


# Whatever order -----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_order_of_arrival_does_not_change_the_threads(order: tuple[int, ...]) -> None:
    """Answers carry their case with them, so none needs the one before it."""
    case = opened()
    (receipt,) = letters_to(ANN)
    mails = [
        answer_to(receipt, f"Answer {n}.", number=n, sender=ANN) for n in range(2)
    ] + [a_mail("Another matter.", number=7)]
    got = {n: receive(mails[n]) for n in order}

    assert [got[n].outcome for n in range(3)] == ["appended", "appended", "opened"]
    assert got[0].complaint == got[1].complaint == case
    assert got[2].complaint != case


# Mail that others wrote ---------------------------------------------------------------


@needs_corpus
@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind", few(["helpdesk", "malformed", "requests", "notbounces"], "malformed")
)
def test_every_mail_of_the_corpus_has_exactly_one_outcome(kind: str) -> None:
    paths = files(f"mail/{kind}")
    for path in paths:
        raw = path.read_bytes()
        taken = receive(raw)
        assert taken.outcome in OUTCOMES
        assert taken.reason != "poison"
        if not taken.duplicate:
            _is_kept(taken, raw)
    assert sum(counts().values()) == RawMessage.objects.count()
    before = rows()
    assert all(receive(path.read_bytes()).duplicate for path in paths)
    assert rows() == before


def _is_kept(taken: Taken, raw: bytes) -> None:
    row = taken.raw_message
    assert bytes(row.raw) == raw
    assert row.raw_sha256 == hashlib.sha256(raw).hexdigest()
    assert (taken.complaint is not None) == (row.outcome == "opened")
    if taken.inbound.automatic:
        assert row.outcome in {"held", "dropped"}


@needs_corpus
@pytest.mark.django_db
def test_no_bounce_of_the_corpus_opens_anything() -> None:
    for path in files("mail/bounces"):
        assert receive(path.read_bytes()).outcome in {"dropped", "held"}, path.name

    assert not Complaint.objects.exists()
    assert counts()["dropped"] > 40
