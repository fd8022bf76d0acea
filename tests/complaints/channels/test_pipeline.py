"""Stored first, decided once, never lost."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from complaints import ledger
from complaints.channels.email.inbound import receive
from complaints.channels.pipeline import resume_undecided
from complaints.channels.work import Taken
from complaints.models import Complaint, RawMessage
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
from tests.complaints.channels.taking import (
    Killed,
    counts,
    deadly,
    real_of,
    rows,
)
from tests.few import few

OUTCOMES = {"opened", "appended", "held", "dropped"}


def later() -> Any:
    return timezone.now() + timedelta(minutes=2)


# Killed -------------------------------------------------------------------------------

POINTS = (
    "complaints.channels.pipeline.settle",
    "complaints.channels.decide.claim",
    "complaints.channels.email.inbound.open_for_sender",
    "complaints.channels.decide.keep",
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
        patch.setattr(point, deadly(real_of(point), after))
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
