"""What cannot be decided is held, with its bytes, and stops nothing else."""

from pathlib import Path
from typing import Any

import pytest

from complaints.channels.email import inbound
from complaints.channels.email.inbound import receive
from complaints.channels.work import Way
from complaints.errors import InvalidInput
from complaints.models import Complaint, Evidence, RawMessage
from complaints.models.evidence import evidence_storage
from tests.complaints.channels.email.mails import a_mail, outcome, with_files
from tests.complaints.channels.taking import counts
from tests.few import few


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
