"""Messages, files and the story of a case through the API."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from complaints.models import Event, Evidence, Message
from complaints.services.correspond import note
from tests import cases
from tests.people import People

Api = Callable[..., APIClient]
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


def url(case: Any, rest: str = "") -> str:
    return f"/api/v1/complaints/{case.reference}/{rest}"


def upload(client: APIClient, case: Any, **more: Any) -> Any:
    content = more.pop("content", PNG)
    name = more.pop("name", "a.png")
    data = {"file": SimpleUploadedFile(name, content), **more}
    return client.post(url(case, "evidence/"), data, format="multipart")


def test_customer_writes_by_app(api: Api, people: People, case_at: Any) -> None:
    case = case_at("investigating")

    answer = api(people.customer).post(url(case, "messages/"), {"text": "Any news?"})

    message = Message.objects.latest("pk")
    assert answer.status_code == 201
    assert answer.data["by"] == "customer"
    assert (message.text, message.channel, message.direction) == (
        "Any news?",
        "app",
        "in",
    )
    assert message.author == people.customer


def test_customer_reads_no_notes_and_no_names(
    api: Api, people: People, case_at: Any
) -> None:
    case = case_at("investigating")
    note(complaint=case, text="Looks like the insider again", actor=people.security)
    api(people.security).post(
        url(case, "messages/"), {"text": "We look at it.", "kind": "reply"}
    )

    answer = api(people.customer).get(url(case, "messages/"))

    assert [(row["by"], row["text"]) for row in answer.data] == [
        ("desk", "We look at it.")
    ]
    assert "security" not in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "direction"), [("reply", "out"), ("note", "internal"), ("heard", "in")]
)
def test_staff_write_what_they_say_it_is(
    kind: str, direction: str, api: Api, people: People, case_at: Any
) -> None:
    sent = {"text": "So it is.", "kind": kind}

    answer = api(people.security).post(url(case_at("investigating"), "messages/"), sent)

    assert (answer.status_code, answer.data["direction"]) == (201, direction)


def test_staff_must_say_what_it_is(api: Api, people: People, case_at: Any) -> None:
    answer = api(people.security).post(
        url(case_at("investigating"), "messages/"), {"text": "Oops"}
    )

    assert answer.status_code == 400
    assert answer.data["errors"]["kind"][0]["code"] == "required"
    assert Message.objects.filter(text="Oops").count() == 0


def test_customer_cannot_write_a_note(api: Api, people: People, case_at: Any) -> None:
    answer = api(people.customer).post(
        url(case_at("investigating"), "messages/"), {"text": "x", "kind": "note"}
    )

    assert answer.status_code == 400
    assert answer.data["errors"]["kind"][0]["code"] == "unknown_field"


def test_support_records_what_it_heard_and_replies_nothing(
    api: Api, people: People, case_at: Any
) -> None:
    client, case = api(people.support), case_at("investigating")

    heard = client.post(url(case, "messages/"), {"text": "She called."})
    reply = client.post(url(case, "messages/"), {"text": "Hi", "kind": "reply"})

    assert (heard.status_code, reply.status_code) == (201, 400)
    assert Message.objects.latest("pk").channel == "phone"


def test_file_is_sealed_and_given_back(api: Api, people: People, case_at: Any) -> None:
    client, case = api(people.customer), case_at("investigating")

    added = upload(client, case, name="../../<b>.png")
    got = client.get(added.data["url"], HTTP_ACCEPT="image/png")

    assert added.status_code == 201
    assert added.data["name"] == "<b>.png"
    assert added.data["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert b"".join(got.streaming_content) == PNG
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"].startswith("attachment")
    assert got["Content-Security-Policy"] == "sandbox; default-src 'none'"
    opened = Event.objects.get(stream=f"reads:{case.pk}", what="evidence_opened")
    assert opened.actor == people.customer


def test_records_of_staff_are_hidden_until_shared(
    api: Api, people: People, case_at: Any
) -> None:
    case = case_at("investigating")
    hidden = upload(api(people.security), case, kind="system_log").data
    shared = upload(api(people.security), case, shared_with_customer="true").data

    client = api(people.customer)
    listed = client.get(url(case, "evidence/")).data

    assert [row["number"] for row in listed] == [shared["number"]]
    assert client.get(url(case, f"evidence/{hidden['number']}/")).status_code == 404
    assert not {"added_by", "relevance", "source"} & set(listed[0])
    assert listed[0]["scan_state"] == "not_scanned"


def test_staff_member_sees_of_their_own_case_what_any_customer_sees(
    api: Api, people: People
) -> None:
    """Being staff opens no record of a case in which one is the customer."""
    from complaints.services.evidence import Upload, add_evidence

    case = cases.filed(people, by=people.support)
    add_evidence(
        complaint=case,
        upload=Upload(name="log.png", content=PNG),
        actor=people.support_lead,
        shared=False,
    )

    assert api(people.support).get(url(case, "evidence/")).data == []


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"<svg onload=x>", "type"), (b"MZ\x00", "type")],
)
def test_file_we_do_not_take_is_refused(
    content: bytes, code: str, api: Api, people: People, case_at: Any
) -> None:
    answer = upload(api(people.customer), case_at("received"), content=content)

    assert answer.status_code == 422
    assert answer.data["errors"]["file"][0]["code"] == code
    assert Evidence.objects.count() == 0


def test_body_too_long_is_turned_away_unread(
    api: Api, people: People, case_at: Any
) -> None:
    answer = api(people.customer).post(
        url(case_at("received"), "evidence/"),
        b"x",
        content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH=str(30 * 1024 * 1024),
    )

    assert answer.status_code == 413
    assert answer.data["code"] == "too_large"


def test_story_is_told_to_each_in_their_words(
    api: Api, people: People, case_at: Any
) -> None:
    case = case_at("investigating")
    note(complaint=case, text="Insider?", actor=people.security)

    told = api(people.customer).get(url(case, "timeline/"))
    inside = api(people.security).get(url(case, "timeline/"))

    assert told.status_code == inside.status_code == 200
    assert "Insider?" not in told.content.decode()
    assert "internal" in {row["kind"] for row in inside.data}
    assert told.data[0]["kind"] == "future"
