"""The daily root: made once, kept, checked; and the receipt of a case."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from complaints import merkle, signing, triggers
from complaints.models import Complaint, Event, LedgerRoot, Stream
from complaints.services import correspond, ledger_roots
from tests import cases
from tests.few import few
from tests.people import People

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    settings.LEDGER_DIR = tmp_path
    return tmp_path


@pytest.fixture
def case(people: People) -> Complaint:
    cases.filed(people)
    return cases.filed(people)


def made(now: datetime = NOON) -> LedgerRoot:
    row = ledger_roots.make_root(now=now)
    assert row is not None
    return row


def lines(place: Path) -> list[dict[str, Any]]:
    text = (place / "roots.jsonl").read_text().splitlines()
    return [json.loads(line) for line in text]


# Making -------------------------------------------------------------------------------


def test_root_is_over_the_heads_of_all_streams(case: Complaint, place: Path) -> None:
    row = made()

    heads = Stream.objects.values_list("seq", "head")
    leaves = sorted(merkle.leaf(seq, head) for seq, head in heads)
    assert (row.root, row.streams) == (merkle.root_of(leaves).hex(), len(leaves))
    assert json.loads(row.statement) == {
        "format": "recourse-ledger-root/1",
        "day": "2027-03-01",
        "streams": len(leaves),
        "root": row.root,
        "previous": "",
    }
    signed = signing.is_signed(row.statement.encode(), row.signature, row.public_key)
    assert signed
    assert lines(place) == [row.published]


def test_one_root_a_day_each_naming_the_one_before(
    case: Complaint, place: Path
) -> None:
    first = made()
    assert ledger_roots.make_root(now=NOON + timedelta(hours=11)) is None

    second = made(NOON + DAY)

    named = json.loads(second.statement)["previous"]
    assert named == ledger_roots._hash(first.statement)
    assert lines(place) == [first.published, second.published]
    assert list(ledger_roots.verify()) == []


def test_line_that_a_dying_worker_did_not_write_is_written_later(
    case: Complaint, place: Path
) -> None:
    row = made()
    (place / "roots.jsonl").unlink()

    assert ledger_roots.make_root(now=NOON) is None

    assert lines(place) == [row.published]


def test_line_that_was_broken_off_is_written_anew(case: Complaint, place: Path) -> None:
    """By a full disk, say: the next one is not glued to what is there of it."""
    row, file = made(), place / "roots.jsonl"
    file.write_text(file.read_text()[:50])

    assert ledger_roots.make_root(now=NOON) is None

    assert file.read_text() == f"{ledger_roots._line(row)}\n"
    assert faults() == []


def test_old_trees_go_and_roots_stay(case: Complaint, place: Path) -> None:
    made()
    made(NOON + 41 * DAY)

    assert len(list(place.glob("*.tree"))) == 1
    assert LedgerRoot.objects.count() == len(lines(place)) == 2


def test_database_changes_no_root(case: Complaint) -> None:
    row = made()
    for statement in (
        "UPDATE complaints_ledgerroot SET root = 'x' WHERE id = %s",
        "DELETE FROM complaints_ledgerroot WHERE id = %s",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [row.pk])


# Checking ourselves -------------------------------------------------------------------


def _as_owner(statement: str, *values: Any) -> None:
    triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    triggers.install()


def faults() -> list[str]:
    return [fault.what for fault in ledger_roots.verify()]


def test_tail_that_is_cut_off_with_its_head_is_found(
    case: Complaint, people: People
) -> None:
    """The chain alone is whole afterwards; the root of yesterday is not."""
    correspond.customer_writes(complaint=case, text="More.", actor=people.customer)
    made()
    last = Event.objects.filter(stream=case.stream).latest("seq")
    _as_owner("DELETE FROM complaints_eventtext WHERE event_id = %s", last.pk)
    _as_owner("DELETE FROM complaints_event WHERE id = %s", last.pk)
    _as_owner(
        "UPDATE complaints_stream SET seq = %s, head = %s WHERE name = %s",
        last.seq - 1,
        last.previous,
        case.stream,
    )

    assert faults() == ["holds 1 streams that no longer are what they were"]
    with pytest.raises(CommandError):
        call_command("verify_ledger")


def test_root_that_was_changed_or_taken_away_is_found(
    case: Complaint, place: Path
) -> None:
    made()
    made(NOON + DAY)
    _as_owner("UPDATE complaints_ledgerroot SET signature = %s", "00" * 64)
    assert faults().count("is not signed") == 2
    assert faults().count("is not what stands in the file") == 2

    _as_owner("DELETE FROM complaints_ledgerroot WHERE day = %s", "2027-03-02")
    assert "stands in the file and not in the database" in faults()


def test_later_work_takes_nothing_from_a_root(case: Complaint, people: People) -> None:
    made()
    correspond.customer_writes(complaint=case, text="More.", actor=people.customer)

    assert faults() == []


# Receipts -----------------------------------------------------------------------------

ALL = {"read": True, "included": True, "signed": True, "published": True}


def text_of(case: Complaint) -> str:
    return json.dumps(ledger_roots.receipt(case))


def test_receipt_holds_though_the_case_went_on(case: Complaint, people: People) -> None:
    assert ledger_roots.receipt(case) is None
    made()
    seq = Stream.objects.get(name=case.stream).seq
    correspond.customer_writes(complaint=case, text="More.", actor=people.customer)

    receipt = ledger_roots.receipt(case)

    assert receipt is not None
    assert receipt["seq"] == seq
    assert ledger_roots.check_receipt(json.dumps(receipt)) == ALL


def _set(**columns: Any) -> Any:
    return lambda facts: facts | columns


BROKEN: dict[str, tuple[Any, dict[str, bool]]] = {
    "another head": (_set(head="0" * 64), ALL | {"included": False}),
    "another number": (_set(seq=1_000), ALL | {"included": False}),
    "another place": (_set(index=10**6), ALL | {"included": False}),
    "no path": (_set(path=[]), ALL | {"included": False}),
    "another key": (
        _set(public_key="0" * 64),
        ALL | {"signed": False, "published": False},
    ),
    "another signature": (_set(signature="00" * 64), ALL | {"signed": False}),
    "no format": (_set(format="x"), {"read": False}),
    "path of another kind": (_set(path=5), {"read": False}),
    "statement of another kind": (_set(statement=[]), {"read": False}),
}


@pytest.mark.parametrize("name", few(list(BROKEN), "another head", "another key"))
def test_changed_receipt_fails_at_its_step(name: str, case: Complaint) -> None:
    made()
    change, wanted = BROKEN[name]
    changed = change(ledger_roots.receipt(case))

    assert ledger_roots.check_receipt(json.dumps(changed)) == wanted


def test_any_changed_byte_of_a_receipt_is_found(case: Complaint) -> None:
    """All but the number of the case, which is a label."""
    made()
    receipt = ledger_roots.receipt(case)
    assert receipt is not None
    text = json.dumps(receipt, separators=(",", ":"))
    label = json.dumps({"reference": receipt["reference"]}, separators=(",", ":"))[1:-1]
    start = text.index(label)
    unseen = [
        (at, text[at], other)
        for at in range(len(text))
        if not start <= at < start + len(label)
        for other in {chr(ord(text[at]) ^ 1), text[at].swapcase()} - {text[at]}
        if ledger_roots.check_receipt(text[:at] + other + text[at + 1 :]) == ALL
    ]

    assert [(at, text[at - 15 : at + 15], other) for at, _was, other in unseen] == []


@pytest.mark.parametrize(
    "hostile",
    [
        {"seq": float("inf")},
        {"statement": '{"streams": 1e999}'},
        {"public_key": "\ud800"},
        {"public_key": "a\0b"},
    ],
)
def test_hostile_receipt_is_none_and_no_error(
    hostile: dict[str, Any], case: Complaint
) -> None:
    """Infinity is a number of JSON; NUL and lone surrogates are text of it."""
    made()
    receipt = ledger_roots.receipt(case) or {}
    text = json.dumps({**receipt, **hostile})
    assert ledger_roots.check_receipt(text) == {"read": False}


def test_root_that_we_never_published_is_told(case: Complaint, settings: Any) -> None:
    """Somebody with another key makes a tree and a receipt of their own."""
    made()
    facts = ledger_roots.receipt(case)
    assert facts is not None
    statement = json.loads(facts["statement"])
    head = "f" * 64
    statement |= {"streams": 1, "root": merkle.leaf(1, head).hex()}
    settings.SIGNING_KEY = "another-signing-key-0123456789-abcdefgh"
    text = json.dumps(statement)
    forged = facts | {
        "seq": 1,
        "head": head,
        "index": 0,
        "path": [],
        "statement": text,
        "signature": signing.sign(text.encode()),
        "public_key": signing.public_key(),
    }

    assert ledger_roots.check_receipt(json.dumps(forged)) == ALL | {"published": False}


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 5_000, "9" * 200_000])
def test_what_is_no_receipt_is_said_to_be_none(text: str, db: None) -> None:
    assert ledger_roots.check_receipt(text) == {"read": False}


# Pages --------------------------------------------------------------------------------


def test_pages_show_give_and_check(case: Complaint, people: People) -> None:
    client, public = Client(), Client()
    client.force_login(people.customer)
    page = f"/complaints/{case.reference}/proof/"
    assert "receipt.json" not in client.get(page).content.decode()
    assert client.get(f"{page}receipt.json").status_code == 302
    row = made()

    assert "receipt.json" in client.get(page).content.decode()
    given = client.get(f"{page}receipt.json")
    assert given["Content-Disposition"].startswith("attachment")
    assert public.get("/figures/roots.json").json() == {
        "keys": [signing.public_key()],
        "roots": [row.published],
    }
    assert row.root in public.get("/figures/").content.decode()
    answer = public.post("/figures/check/", {"receipt": given.content.decode()})
    assert answer.context["steps"] == ALL
    outsider = Client()
    outsider.force_login(people.other_customer)
    assert outsider.get(page).status_code == 404
    assert outsider.get(f"{page}receipt.json").status_code == 404
