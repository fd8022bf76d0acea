"""A form that comes twice with other words: both stay, and nothing is guessed."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.models import Complaint, Draft, Event, Evidence, Message, Party
from tests.complaints.portal.forms import GUEST, NEW, SHORT, answer_all, key_of
from tests.people import People

pytestmark = pytest.mark.django_db
URGENT = f"{NEW}urgent/"
TEMPLATE = f"{NEW}template/"


@pytest.fixture
def customer(people: People) -> Client:
    client = Client()
    client.force_login(people.customer)
    return client


def alarm(client: Client, **changes: Any) -> dict[str, Any]:
    given = {"danger": "intruder", "description": "Orders I did not make.", **GUEST}
    return {**given, "key": key_of(client, URGENT), **changes}


def annex(client: Client, **changes: Any) -> dict[str, Any]:
    who = {"a1_email": "ada@guests.example", "a1_last_name": "Ada"}
    given = {"kind": "natural", "description": "The order was not filled.", **who}
    return {**given, "key": key_of(client, TEMPLATE), **changes}


@pytest.mark.parametrize(
    ("url", "form", "changes"),
    [
        (URGENT, alarm, {"description": "And now the coins are gone."}),
        (URGENT, alarm, {"danger": "transfer"}),
        (URGENT, alarm, {"email": "ada@right.example"}),
        (TEMPLATE, annex, {"description": "It was filled at another price."}),
        (TEMPLATE, annex, {"a1_city": "Berlin"}),
    ],
)
def test_other_words_are_said_to_be_left_out(
    client: Client, people: People, url: str, form: Any, changes: dict[str, str]
) -> None:
    data = form(client)
    client.post(url, data)
    case = Complaint.objects.get()
    parties = Party.objects.count()

    answer = client.post(url, {**data, **changes})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This was sent already" in page
    assert case.reference in page
    if "danger" not in changes:
        assert next(iter(changes.values())) in page
    assert (Complaint.objects.count(), Party.objects.count()) == (1, parties)
    assert Event.objects.filter(what="file").count() == 1


def test_words_are_added_as_a_message(client: Client, people: People) -> None:
    data = alarm(client)
    client.post(URGENT, data)
    case = Complaint.objects.get()
    other = {**data, "description": "And now the coins are gone."}

    answer = client.post(URGENT, {**other, "add_to": case.reference})

    assert answer["Location"] == f"/complaints/{case.reference}/"
    message = Message.objects.get(complaint=case)
    assert "What have you seen?\nAnd now the coins are gone." in message.text
    assert message.direction == "in"


def test_words_are_sent_as_another_complaint(client: Client, people: People) -> None:
    data = annex(client)
    client.post(TEMPLATE, data)
    other = {**data, "description": "It was filled at another price."}
    page = client.post(TEMPLATE, other)

    answer = client.post(TEMPLATE, {**other, "key": page.context["key"], "anew": "1"})

    assert answer["Location"].endswith("/received/")
    told = Complaint.objects.order_by("pk").values_list("description", flat=True)
    assert list(told) == [data["description"], other["description"]]


def test_nobody_adds_to_a_complaint_of_others(client: Client, people: People) -> None:
    data = alarm(client)
    client.post(URGENT, data)
    reference = Complaint.objects.get().reference
    stranger = Client()

    for named in (reference, "RC-0000-0000", "", "\x00", "x" * 5_000):
        answer = stranger.post(URGENT, {**data, "add_to": named})
        assert answer.status_code == 404
    told = stranger.post(URGENT, {**data, "description": "Other"})

    assert told.status_code == 409
    assert reference not in told.content.decode()
    assert not Message.objects.exists()


def test_same_words_with_a_further_file_keep_the_file(
    client: Client, people: People
) -> None:
    data = annex(client)
    first, second = (SimpleUploadedFile(f"{n}.txt", n.encode()) for n in ("one", "two"))
    client.post(TEMPLATE, {**data, "file_1": first})
    first.seek(0)

    answer = client.post(TEMPLATE, {**data, "file_1": first, "file_2": second})

    assert answer["Location"].endswith("/received/")
    names = Evidence.objects.values_list("original_name", flat=True)
    assert list(names) == ["one.txt", "two.txt"]


# A question of a draft that was sent from another window ------------------------------


@pytest.fixture
def sent(customer: Client) -> str:
    """The address of the story of a draft that has become a complaint."""
    check = str(answer_all(customer)["Location"])
    customer.post(check)
    return check.replace("check/", "story/")


def test_late_answer_is_shown_again(customer: Client, sent: str) -> None:
    case = Complaint.objects.get()
    late = {"subject": SHORT["subject"], "description": "One more thing"}

    answer = customer.post(sent, late)

    assert answer.status_code == 409
    assert "One more thing" in answer.content.decode()
    assert customer.post(sent, {**late, "add_to": case.reference}).status_code == 302
    assert "One more thing" in Message.objects.get().text
    assert Complaint.objects.count() == 1


def test_late_answer_begins_another_complaint(customer: Client, sent: str) -> None:
    answer = customer.post(sent, {"subject": "One more thing", "anew": "1"})

    draft = Draft.objects.get(complaint=None)
    assert answer["Location"].startswith(f"{NEW}{draft.key}/")
    assert draft.answers["story"]["subject"] == "One more thing"


def test_empty_late_answer_leads_to_the_receipt(customer: Client, sent: str) -> None:
    answer = customer.post(sent, {"subject": " ", "description": ""})

    assert answer["Location"].endswith("/received/")


def test_late_file_is_said_not_to_be_kept(customer: Client, sent: str) -> None:
    url = sent.replace("story/", "files/")
    file = SimpleUploadedFile("late.txt", b"late")

    page = customer.post(url, {"file": file}).content.decode()

    assert "choose them again" in page
    assert "/evidence/new/" in page
