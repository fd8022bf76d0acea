"""A conversation becomes one complaint, whole, once; its answers come back into it."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.channels import hold, pipeline
from complaints.channels.chat import desk, files, inbound, talk, transcript
from complaints.channels.chat.models import Author, Conversation
from complaints.channels.chat.outbound import send
from complaints.errors import InvalidInput, NotVisible
from complaints.models import Complaint, Contact, Evidence, Outbox, RawMessage
from complaints.outbox import Undeliverable
from complaints.services import handles
from complaints.services.relay import relay_due
from complaints.states import Channel, State
from tests import cases
from tests.complaints.channels.chat.talks import (
    a_picture,
    a_talk,
    on_duty,
    taken,
    texts,
)
from tests.people import People

pytestmark = pytest.mark.django_db


def test_whole_conversation_is_evidence(people: People) -> None:
    made = taken(people, "My withdrawal hangs.", user=people.customer)
    agent = desk.staff_viewer(people.support)
    desk.answer(made, agent, "Since when?")
    picture = a_picture()
    file = files.check("shot.png", picture)
    talk.say(made, "Since Monday.", author=Author.CUSTOMER, file=file)

    case = inbound.keep(made, agent=agent).complaint

    assert case is not None
    assert (case.channel, case.state) == (Channel.CHAT, State.RECEIVED)
    assert case.description == "My withdrawal hangs.\n\nSince Monday."
    assert case.customer.user == people.customer
    assert case.received_at == made.lines.first().at  # type: ignore[union-attr]
    kept = {row.original_name: row for row in Evidence.objects.filter(complaint=case)}
    assert kept["shot.png"].sha256 == hashlib.sha256(picture).hexdigest()
    with kept["chat-transcript.txt"].file.open("rb") as stored:
        sheet = stored.read().decode()
    told = ("My withdrawal hangs.", "Since when?", "Since Monday.", "shot.png")
    places = [sheet.index(words) for words in told]
    assert places == sorted(places)
    assert "\nSupport (support), " in sheet
    assert f"sha256 {file.sha256}" in sheet


def test_nobody_writes_words_of_others_into_the_transcript(people: People) -> None:
    """A name and words that look like a line of the desk."""
    forged = "Support (support), 2026-11-22 22:31:00"
    words = f"Hello\n\n{forged}\nWe owe you 10 BTC.\u2028{forged}\nYes."
    made = taken(people, words, name="Support (support)")
    inbound.keep(made, agent=desk.staff_viewer(people.support))
    raw = bytes(RawMessage.objects.get(provider="chat").raw)
    sheet = transcript.parse(raw, "chat").attachments[0].content.decode()

    heads = [line for line in sheet.splitlines() if line and not line.startswith(" ")]
    assert [line.partition(", ")[0] for line in heads[1:]] == [
        "Support (support) (customer)",
        "system",
    ]
    assert sheet.count(f"    {forged}") == 2


def test_bytes_are_canonical_and_stored_first(people: People) -> None:
    made = taken(people, "Hello", name="Ada")

    taken_in = inbound.keep(made, agent=desk.staff_viewer(people.support))

    raw = bytes(RawMessage.objects.get(provider="chat").raw)
    told = json.loads(raw)
    assert (
        raw
        == json.dumps(
            told, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        ).encode()
    )
    assert [line["text"] for line in told["lines"]] == [
        "Hello",
        "Support joined the conversation.",
    ]
    assert taken_in.inbound.sender.handle == made.key
    assert transcript.external_id(raw) == f"{made.key}:0"


def test_pressed_twice_is_one_complaint(people: People) -> None:
    made = taken(people, "Hello")
    agent = desk.staff_viewer(people.support)
    first = inbound.keep(made, agent=agent)
    with pytest.raises(InvalidInput):
        inbound.keep(made, agent=agent)

    assert first.complaint == Complaint.objects.get()
    assert texts(made) == ["Hello", "joined", "taken_in"]


def test_what_is_said_later_joins_the_same_complaint(people: People) -> None:
    made = taken(people, "Hello")
    agent = desk.staff_viewer(people.support)
    case = inbound.keep(made, agent=agent).complaint
    talk.say(made, "And one more thing.", author=Author.CUSTOMER)

    later = inbound.keep(made, agent=agent)

    assert (later.outcome, later.complaint) == ("appended", case)
    assert later.message is not None
    assert later.message.text == "And one more thing."


def test_killed_before_deciding_is_decided_once_by_the_next(people: People) -> None:
    """The bytes were stored; more is said meanwhile; nothing is lost or doubled."""
    made = a_talk("Hello")
    raw = transcript.canonical(made, list(made.lines.all()))
    row = RawMessage.objects.create(
        provider="chat",
        account="chat",
        external_id=transcript.external_id(raw),
        raw=raw,
        raw_sha256=hashlib.sha256(raw).hexdigest(),
        received_at=timezone.now(),
    )
    talk.say(made, "Are you there?", author=Author.CUSTOMER)

    first = inbound.keep(made)
    second = inbound.keep(made)

    assert first.raw_message == row
    assert (first.outcome, second.outcome) == ("opened", "appended")
    assert first.complaint == second.complaint
    assert first.complaint is not None
    assert first.complaint.description == "Hello"
    assert second.message is not None
    assert second.message.text == "Are you there?"


def test_resumed_after_a_kill(people: People) -> None:
    made = a_talk("Hello")
    raw = transcript.canonical(made, list(made.lines.all()))
    RawMessage.objects.create(
        provider="chat",
        account="chat",
        external_id=transcript.external_id(raw),
        raw=raw,
        raw_sha256=hashlib.sha256(raw).hexdigest(),
        received_at=timezone.now() - timedelta(minutes=5),
    )

    pipeline.resume_undecided(now=timezone.now() + timedelta(minutes=2))

    assert Complaint.objects.get().description == "Hello"
    made.refresh_from_db()
    assert made.complaint == Complaint.objects.get()


# Joining ------------------------------------------------------------------------------


def test_joins_a_case_of_that_customer(people: People) -> None:
    case = cases.filed(people)
    made = taken(people, "About my case.", user=people.customer)

    joined = inbound.keep(
        made,
        join=case.reference.lower(),
        agent=desk.staff_viewer(people.support),
    )

    assert (joined.outcome, joined.complaint) == ("appended", case)
    assert texts(made)[-1] == "taken_in"
    assert Evidence.objects.get(complaint=case).original_name == "chat-transcript.txt"


def test_joins_no_case_of_somebody_else(people: People) -> None:
    case = cases.filed(people, by=people.other_customer)
    made = taken(people, "About my case.", user=people.customer)
    agent = desk.staff_viewer(people.support)

    with pytest.raises(InvalidInput):
        inbound.keep(made, join=case.reference, agent=agent)

    assert not RawMessage.objects.exists()


@pytest.mark.parametrize("reference", ["RC-2222-2222", "", "nothing", "x" * 300])
def test_joins_no_case_out_of_sight(people: People, reference: str) -> None:
    case = cases.filed(people)
    Complaint.objects.filter(pk=case.pk).update(barrier="barred")
    made = taken(people, "About my case.")
    agent = desk.staff_viewer(people.support)

    with pytest.raises(NotVisible):
        inbound.keep(made, join=reference or case.reference, agent=agent)

    assert not RawMessage.objects.exists()


def test_an_agent_keeps_no_conversation_of_others(people: People) -> None:
    made = taken(people, "Hello")
    agent = desk.staff_viewer(people.support)
    on_duty(people.support_lead)
    desk.hand_over(made, agent, people.support_lead)

    with pytest.raises(NotVisible):
        inbound.keep(made, agent=agent)

    assert not RawMessage.objects.exists()


# Who it was ---------------------------------------------------------------------------


def test_a_guest_is_a_customer_of_their_own(people: People) -> None:
    mail = people.customer.email
    made = a_talk("Hello", name="Ada", email=mail)

    case = inbound.keep(made).complaint

    assert case is not None
    assert case.customer.user is None
    proofs = Contact.objects.filter(party=case.customer).values_list("kind", "proof")
    assert set(proofs) == {("handle", ""), ("email", "")}
    speaker = handles.speaker_of("chat", made.key)
    assert speaker is not None
    assert not speaker.proven


def test_somebody_signed_in_is_themselves(people: People) -> None:
    made = a_talk("Hello", user=people.customer)

    inbound.keep(made)

    speaker = handles.speaker_of("chat", made.key)
    assert speaker is not None
    assert speaker.proven
    assert speaker.party.user == people.customer


def test_eleventh_complaint_of_a_day_waits_for_a_person(people: People) -> None:
    for number in range(10):
        inbound.keep(a_talk(f"No. {number}", user=people.customer))

    last = inbound.keep(a_talk("No. 10", user=people.customer))

    assert (last.outcome, last.reason) == ("held", "too_many")


def test_unanswered_is_held_and_can_be_accepted(people: People) -> None:
    made = a_talk("Is anybody there?", user=people.customer)
    taken_in = inbound.keep(made, unanswered=True)
    assert (taken_in.outcome, taken_in.reason) == ("held", "unanswered")

    case = hold.accept(taken_in.raw_message, actor=people.support)

    assert case.description == "Is anybody there?"
    assert case.customer.user == people.customer


# Out ----------------------------------------------------------------------------------


def test_receipt_comes_back_into_the_chat_once(people: People) -> None:
    made = a_talk("Hello", user=people.customer)
    case = inbound.keep(made).complaint
    assert case is not None

    relay_due()
    row = Outbox.objects.get(complaint=case, channel="chat", kind="receipt")
    send(row)

    line = made.lines.get(code="letter")
    assert line.private
    assert case.reference in line.text
    assert line.facts["link"].endswith(f"/complaints/{case.reference}/")


def test_an_unproven_guest_reads_cover_words_only(people: People) -> None:
    made = a_talk("My seven secret coins are gone")
    case = inbound.keep(made).complaint
    assert case is not None

    relay_due()

    line = made.lines.get(code="letter")
    assert case.reference in line.text
    assert "seven secret" not in line.text


def test_letters_stand_in_no_transcript(people: People) -> None:
    made = taken(people, "Hello", user=people.customer)
    agent = desk.staff_viewer(people.support)
    inbound.keep(made, agent=agent)
    relay_due()
    talk.say(made, "Thanks", author=Author.CUSTOMER)

    later = inbound.keep(made, agent=agent)

    authors = [line["text"] for line in transcript.read(later.inbound.raw)["lines"]]
    assert authors[-1] == "Thanks"
    assert len(authors) == 2


def test_no_conversation_no_delivery(people: People) -> None:
    made = a_talk("Hello", user=people.customer)
    inbound.keep(made)
    row = Outbox.objects.filter(channel="chat").first()
    assert row is not None
    Conversation.objects.all().delete()

    with pytest.raises(Undeliverable) as refused:
        send(row)

    assert refused.value.final
