"""What is announced after which move, to whom, and what an address may be told."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from complaints import notifications, outbox
from complaints.models import (
    Complaint,
    ContactDetails,
    Event,
    Letter,
    Outbox,
    Representative,
)
from complaints.notifications import NOTICES, notice, staff_notice
from complaints.permissions import Viewer
from complaints.registry import Done
from complaints.services import correspond, intake, protect
from complaints.services.intake import Filing
from complaints.workflow import perform, transitions_of
from teams.system import GUEST, system_actor
from tests import cases
from tests.people import People

NOW = datetime(2026, 11, 18, 8, 42, tzinfo=UTC)
HIDDEN = (
    "Its words are not in this message, because nobody has confirmed yet that this "
    "address is yours."
)


def kinds(case: Complaint) -> list[str]:
    return list(case.outbox.values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("received", ["receipt"]),
        ("inadmissible", ["receipt", "inadmissible"]),
        ("assigned", ["receipt", "admissible"]),
        ("investigating", ["receipt", "admissible"]),
        ("awaiting_customer", ["receipt", "admissible", "question"]),
        ("in_review", ["receipt", "admissible"]),
        ("remedying", ["receipt", "admissible"]),
        ("answered", ["receipt", "admissible", "remedy_done", "decision"]),
        ("closed", ["receipt", "admissible", "remedy_done", "decision", "closed"]),
        ("withdrawn", ["receipt", "closed"]),
        ("merged", ["receipt"]),
    ],
)
def test_customer_is_told_of(case_at, state, told):
    assert kinds(case_at(state)) == told


def test_every_move_in_the_table_exists(db):
    moves = set(transitions_of(Complaint)) | {
        "file",
        "story_added",
        "message_in",
        "message_out",
        "interim_imposed",
        "consulted",
        "consultation_answered",
        "consultation_ended",
        "work_asked",
        "work_done",
        "work_ended",
        "task_given",
        "alarm_unseen",
        "mentioned",
        "no_signer",
        "evidence_infected",
        "compliance_advised",
        "violation_marked",
        "conference_called",
        "conference_cancelled",
    }

    assert {name for kind, name in NOTICES if kind == "complaint"} <= moves


def test_notes_and_incoming_messages_are_not_sent(people: People) -> None:
    case = cases.at(people, "investigating")
    before = kinds(case)

    correspond.note(complaint=case, text="Looks odd.", actor=people.security)
    correspond.customer_writes(complaint=case, text="Any news?", actor=people.customer)

    assert kinds(case) == before


def test_reply_and_measure_are_sent(people: People) -> None:
    case = cases.at(people, "investigating")

    correspond.reply(complaint=case, text="Soon.", actor=people.security)
    protect.impose(complaint=case, kind="freeze", reason="", actor=people.security)

    assert kinds(case)[-2:] == ["reply", "interim_measure"]


def test_row_names_its_cause_and_points_at_its_letter(people: People) -> None:
    case = cases.filed(people, now=NOW)

    row = case.outbox.get()

    letter = Letter.objects.get()
    assert row.key.startswith(f"complaint:{case.pk}#1:receipt:")
    assert (row.letter, row.subject, row.body) == (letter, letter.subject, "")
    assert (row.recipient, row.recipient_name) == (
        "customer@people.example",
        "Customer",
    )
    assert (row.channel, row.status, row.due_at) == ("email", "pending", NOW)


def test_same_cause_is_announced_once(people: People) -> None:
    case = cases.filed(people)
    letter = Letter.objects.get()

    outbox.post(letter, cause=f"complaint:{case.pk}#1", now=NOW)

    assert Outbox.objects.count() == 1


def test_nothing_is_announced_when_the_move_fails(people: People) -> None:
    case = cases.filed(people)

    with transaction.atomic():
        cases.admit(people, case)
        transaction.set_rollback(True)

    assert kinds(case) == ["receipt"]
    assert Letter.objects.count() == 1


# To whom ----------------------------------------------------------------------------


def guest_case(email: str = "guest@mail.example", **filing: Any) -> Complaint:
    party = intake.guest_party(email=email, name="Guest")
    viewer = Viewer(user=system_actor(GUEST), parties=frozenset({party.pk}))
    given = {
        "customer": party,
        "channel": "portal",
        "subject": "1,860 USDT gone",
        "description": "1,860 USDT to TQ5n8rW3hkPz",
    }
    return intake.file_complaint(filing=Filing(**given | filing), actor=viewer, now=NOW)


def test_unproven_address_gets_the_receipt_without_the_copy(db: None) -> None:
    case = guest_case()

    row = case.outbox.get()

    assert row.letter is not None
    assert "1,860" in row.letter.body
    assert "1,860" not in row.body
    assert "TQ5n8rW3hkPz" not in row.body
    assert f"We have your complaint, {case.reference}." in row.body
    assert "Telephone: +49 30 23125 100" in row.body
    assert "https://recourse.test/track/" in row.body


def test_unproven_address_is_told_that_a_letter_waits(people: People) -> None:
    case = guest_case()
    cases.admit(people, case)
    perform(case, "take", actor=people.security)

    correspond.reply(complaint=case, text="Pay 5 USDT", actor=people.security)

    row = case.outbox.get(kind="reply")
    assert row.body.split("\n\n")[:3] == [
        f"A letter about your complaint {case.reference} waits for you: “Message”.",
        "Read it here: https://recourse.test/track/",
        HIDDEN,
    ]
    assert "5 USDT" not in row.body


@pytest.mark.parametrize(
    ("state", "kind", "secret"),
    [
        ("answered", "decision", "300"),
        ("answered", "remedy_done", "300"),
        ("inadmissible", "inadmissible", "not ours"),
        ("awaiting_customer", "question", "When?"),
    ],
)
def test_unproven_address_never_reads(people, state, kind, secret):
    party = intake.party_of_user(people.customer)
    party.contacts.update(proved_at=None)

    case = cases.at(people, state)

    row = case.outbox.get(kind=kind)
    assert row.letter is not None
    assert secret in row.letter.body
    assert secret not in row.body + row.subject
    assert "waits for you" in row.body


def test_proven_address_goes_before_an_older_unproven_one(people: People) -> None:
    party = intake.party_of_user(people.customer)
    party.contacts.all().delete()
    intake.add_contact(party, "email", "typed@mail.example")
    intake.add_contact(party, "email", "proven@mail.example", proof="account")

    case = cases.filed(people)

    assert case.outbox.get().recipient == "proven@mail.example"


def test_customer_without_address_still_has_a_letter(people: People) -> None:
    intake.party_of_user(people.customer).contacts.all().delete()

    case = cases.filed(people)

    assert kinds(case) == []
    assert case.letters.get().kind == "receipt"


def test_erased_customer_is_written_to_no_more(people: People) -> None:
    case = cases.filed(people)
    case.customer.erased_at = NOW
    case.customer.save()

    cases.admit(people, case)

    assert kinds(case) == ["receipt"]


def test_representative_and_other_address_read_no_amounts(people: People) -> None:
    other = {"last_name": "Post", "email": "post@mail.example"}
    speaker = {"last_name": "Speaker", "email": "speaker@mail.example"}

    case = cases.filed(people, representative=speaker, contact_details=(other,))

    rows = case.outbox.order_by("pk")
    assert [row.recipient for row in rows] == [
        "customer@people.example",
        "post@mail.example",
        "speaker@mail.example",
    ]
    assert [bool(row.body) for row in rows] == [False, True, True]
    assert all("1,860" not in row.body for row in rows)
    assert Representative.objects.count() == ContactDetails.objects.count() == 1


def test_same_address_twice_gets_one_letter(people: People) -> None:
    other = {"last_name": "Me", "email": "CUSTOMER@people.example"}

    case = cases.filed(people, contact_details=(other,))

    assert case.outbox.count() == 1


# For other apps and for staff -------------------------------------------------------


def test_other_app_signs_up_a_notice(people: People, monkeypatch: Any) -> None:
    heard: list[Event] = []
    monkeypatch.setattr(notifications, "NOTICES", dict(NOTICES))

    @notice("complaint", "admit")
    def listen(done: Done) -> None:
        heard.append(done.event)

    case = cases.at(people, "assigned")

    assert [event.what for event in heard] == ["admit"]
    assert kinds(case) == ["receipt", "admissible"]


def test_staff_notice_is_written_once_a_key(people: People) -> None:
    case = cases.filed(people)
    given: dict[str, Any] = {
        "key": "clock:7:50:4",
        "user": people.security,
        "subject": f"{case.reference}: half the time is gone",
        "body": "Decide by 23 November.",
        "complaint": case,
        "now": NOW,
    }

    first, again = staff_notice(**given), staff_notice(**given)

    assert first == again
    row = Outbox.objects.get(kind="staff")
    assert (row.recipient, row.letter) == ("security@people.example", None)
    assert (row.subject, row.body) == (given["subject"], given["body"])


def test_staff_without_address_get_no_mail(people: People) -> None:
    people.security.email = ""

    row = staff_notice(
        key="k", user=people.security, subject="s", body="b", complaint=None, now=NOW
    )

    assert row is None


def test_relay_is_woken_once_a_transaction(
    people: People, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(outbox, "wake", rung.append)

    with django_capture_on_commit_callbacks(execute=True):
        cases.at(people, "closed")

    assert rung == ["complaints.tasks.relay_outbox"]
