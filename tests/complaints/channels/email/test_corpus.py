"""The oracle for any mail corpus, and mail that chance made worse."""

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from complaints.channels.email.inbound import ACCOUNT, read, receive
from complaints.channels.email.replies import trim
from complaints.models import Complaint, Message, RawMessage
from tests.complaints.channels.bounds import MOST_GROWTH, memory, quick
from tests.complaints.channels.email.corpus import CORPUS, files, named, needs_corpus
from tests.complaints.channels.email.mails import a_mail, with_files
from tests.complaints.channels.email.test_replies import FIXTURES

pytestmark = pytest.mark.django_db

MACHINES = {"bounce", "auto-reply", "loop"}


@pytest.fixture(autouse=True)
def _nobody_is_too_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of complaints a day depends on the order by its nature."""
    monkeypatch.setattr("complaints.channels.cases.OPENED_A_DAY", 10**6)


class Over(Exception):
    """Rolls a pass through the corpus back."""


def passed(paths: list[Path]) -> dict[str, tuple[str, str]]:
    """What became of each mail, by the hash of its bytes; nothing of it stays."""
    found: dict[str, tuple[str, str]] = {}
    try:
        with transaction.atomic():
            for path in paths:
                raw = path.read_bytes()
                taken = receive(raw)
                row = taken.raw_message
                if not taken.duplicate:
                    assert bytes(row.raw) == raw, path
                if taken.inbound.automatic in MACHINES:
                    assert taken.outcome in {"held", "dropped"}, path
                found[hashlib.sha256(raw).hexdigest()] = taken.outcome, taken.reason
            _twice_adds_nothing(paths)
            raise Over
    except Over:
        return found


def _twice_adds_nothing(paths: list[Path]) -> None:
    models = (RawMessage, Complaint, Message)
    before = [model.objects.count() for model in models]
    assert all(receive(path.read_bytes()).duplicate for path in paths)
    assert [model.objects.count() for model in models] == before


def any_order(paths: list[Path]) -> None:
    first = passed(paths)
    shuffled = random.Random(7).sample(paths, len(paths))

    assert passed(shuffled) == first
    assert {outcome for outcome, _reason in first.values()} <= {
        "opened",
        "appended",
        "held",
        "dropped",
    }
    assert "poison" not in {reason for _outcome, reason in first.values()}


@needs_corpus
def test_order_of_arrival_changes_nothing() -> None:
    any_order(files("mail")[::16])


@needs_corpus
@pytest.mark.drill
def test_order_of_arrival_changes_nothing_for_the_whole_corpus() -> None:
    any_order(files("mail"))


@needs_corpus
def test_every_bounce_is_known_for_a_machines_and_no_person_is() -> None:
    for path in files("mail/bounces"):
        # What becomes of them is asked in test_pipeline.
        assert read(path.read_bytes(), ACCOUNT).automatic, named(path)
    people = {
        path.name: receive(path.read_bytes()) for path in files("mail/notbounces")
    }
    auto_reply = people.pop("rb-issue-368-bug.eml")

    assert auto_reply.outcome in {"held", "dropped"}
    assert all(taken.inbound.automatic != "bounce" for taken in people.values())
    assert not Message.objects.exists()


@needs_corpus
def test_replies_are_trimmed_as_their_authors_expect() -> None:
    """At least 20 of 22; here they are all of them."""
    table = {}
    for name, (begin, end) in FIXTURES.items():
        text = (CORPUS / "replies" / f"{name}.txt").read_text("utf-8")
        said = trim(text)
        right = said.startswith(begin) and (said.endswith(end) if end else True)
        exact = bool(end) or name == "email_long_quote" or said == begin
        table[name] = right and exact
        print(f"{name:45} {'right' if table[name] else 'WRONG'}")
    assert sum(table.values()) >= 20
    assert len(table) == 22


# Chance -------------------------------------------------------------------------------

PIECES = [
    b"\0",
    b"\xff\xfe",
    b"\r\n\r\n",
    b"\n--b0undary\r\n",
    b"=?utf-8?b?7aCA?=",
    b"=?x?q?" + b"=FF" * 40,
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Subject:" + b" a\r\n" * 30,
    "\u202e\u200b助记词".encode(),
    b"(((((" * 50,
    b'"' * 33,
    b"<" * 500,
]


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """The mail with pieces of it cut, doubled, moved or swapped for something nasty."""
    body = bytearray(raw)
    for _time in range(chance.randint(1, 10)):
        at = chance.randrange(len(body) + 1)
        cut = chance.choice([0, 0, 1, 7, 200])
        other = chance.randrange(len(body) + 1)
        own = bytes(body[other : other + chance.choice([1, 40, 400])])
        body[at : at + cut] = chance.choice([*PIECES, own, own, b""])
    return bytes(body)


def seeds() -> list[bytes]:
    """Mails that others wrote where they are at hand, and some of ours."""
    ours = [a_mail(), with_files(("a.pdf", b"%PDF-1.7"), ("提现.png", b"\x89PNG"))]
    small = (
        path.read_bytes() for path in files("mail") if path.stat().st_size < 60_000
    )
    return [*ours, *small]


def worse(count: int) -> Iterator[bytes]:
    chance, mails = random.Random(count), seeds()
    for _time in range(count):
        yield mutated(chance.choice(mails), chance)


def survive(count: int) -> float:
    """Take them all in; the growth of our memory in MB."""
    before = memory()
    for raw in worse(count):
        with quick(raw[:500]):
            taken = receive(raw)
        assert taken.outcome in {"opened", "held", "dropped"}, raw[:500]
        assert taken.reason != "poison", raw[:500]
    assert not Message.objects.exists()
    return memory() - before


def test_d18_mutated_mails_never_fail() -> None:
    survive(60)


@pytest.mark.drill
def test_d18_ten_thousand_mutated_mails_never_fail() -> None:
    assert survive(10_000) < MOST_GROWTH
