"""The tracking link: one answer for all, one use, one mailbox (T7, T9, T10)."""

import re
import statistics
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from complaints.models import CaseAccess, Complaint, Contact, Event, Outbox
from complaints.portal import track
from complaints.reference_number import new_reference
from complaints.services import access
from complaints.services.relay import relay_due
from tests import cases
from tests.complaints.portal.forms import GUEST, file_short
from tests.people import People

pytestmark = pytest.mark.django_db
STRANGER = {"email": "nobody@else.example"}


@pytest.fixture
def case(client: Client) -> Complaint:
    """A guest's complaint; the browser of that guest is gone."""
    file_short(Client(), **GUEST)
    return Complaint.objects.get()


def ask(client: Client, reference: str, email: str = GUEST["email"]) -> Any:
    return client.post("/track/", {"reference": reference, "email": email})


def token_of(row: Outbox) -> str:
    found = re.search(r"/track/([^/\s]+)/", row.body)
    assert found is not None
    return found[1]


def sent() -> list[Outbox]:
    """The links on their way, after the relay took up what was asked for."""
    relay_due(limit=1_000)
    return list(Outbox.objects.filter(kind="tracking_link"))


def link(case: Complaint) -> str:
    access.issue_link(complaint=case)
    return f"/track/{token_of(sent()[-1])}/"


def _shape(answer: Any) -> tuple[int, bytes, dict[str, Any]]:
    """Everything somebody outside can compare; a policy is a set, not a list."""
    headers = {name: sorted(value.split("; ")) for name, value in answer.items()}
    headers.pop("X-Request-Id", None)
    return answer.status_code, answer.content, headers


def test_known_and_unknown_get_the_same_answer(case: Complaint, client: Client) -> None:
    known = ask(client, case.reference)
    wrong = ask(client, case.reference, STRANGER["email"])
    none = ask(client, "RC-2222-2222", STRANGER["email"])
    answers = [_shape(answer) for answer in (known, wrong, none)]
    assert answers[0] == answers[1] == answers[2]
    assert known["Location"] == "/track/sent/"
    assert len(sent()) == 1


def test_known_and_unknown_write_the_same_event(
    case: Complaint, client: Client
) -> None:
    ask(client, case.reference)
    ask(client, case.reference, STRANGER["email"])
    found = Event.objects.filter(what="link_asked").order_by("pk")
    assert [event.payload["found"] for event in found] == [True, False]
    asked = Outbox.objects.filter(kind="link_asked").order_by("pk")
    assert [row.complaint for row in asked] == [case, None]


def test_link_goes_to_the_address_on_file_alone(
    case: Complaint, client: Client
) -> None:
    ask(client, f" {case.reference.lower().replace('-', ' ')} ", "ＡDA@guests.example")
    row = sent()[0]
    assert (row.recipient, row.complaint) == ("ada@guests.example", case)
    assert case.subject not in row.subject + row.body


def test_token_is_long_and_kept_as_a_hash(case: Complaint) -> None:
    path = link(case)
    token = path.split("/")[2]
    row = CaseAccess.objects.get(used_at=None)
    assert len(token) == 43
    assert row.token_hash == access.token_hash(token)
    assert token not in str(CaseAccess.objects.values())
    assert row.until == row.granted_at + timedelta(hours=24)


def test_looking_uses_nothing_up_and_pressing_opens_once(
    case: Complaint, client: Client
) -> None:
    path = link(case)
    for _look in range(3):
        page = client.get(path)
        assert page.status_code == 200
        assert "Open my complaint" in page.content.decode()
    opened = client.post(path)
    assert opened["Location"] == f"/complaints/{case.reference}/"
    assert client.get(opened["Location"]).status_code == 200
    assert client.get(path).status_code == 410
    assert Client().post(path).status_code == 410


def test_link_opens_that_complaint_and_no_other(
    people: People, case: Complaint, client: Client
) -> None:
    other = cases.filed(people)
    client.post(link(case))
    assert client.get(f"/complaints/{other.reference}/").status_code == 404
    assert client.get("/complaints/").content.decode().count('class="ref"') == 1


def test_session_ends_after_twelve_hours_or_with_its_row(
    case: Complaint, client: Client
) -> None:
    client.post(link(case))
    page = f"/complaints/{case.reference}/"
    row = CaseAccess.objects.exclude(token_hash="").get()
    assert row.until == row.used_at + timedelta(hours=12)
    CaseAccess.objects.filter(pk=row.pk).update(until=timezone.now())
    assert client.get(page).status_code == 302
    CaseAccess.objects.filter(pk=row.pk).update(
        until=timezone.now() + timedelta(hours=1), revoked_at=timezone.now()
    )
    assert client.get(page).status_code == 302


def test_newer_link_replaces_the_one_before(case: Complaint, client: Client) -> None:
    first, second = link(case), link(case)
    assert client.get(first).status_code == 410
    assert client.post(first).status_code == 410
    assert client.post(second).status_code == 302


def test_link_is_dead_after_a_day(case: Complaint, client: Client) -> None:
    long_ago = timezone.now() - timedelta(hours=24, seconds=1)
    access.issue_link(complaint=case, now=long_ago)
    path = f"/track/{token_of(sent()[0])}/"
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410


@pytest.mark.parametrize(
    "token", ["%20", "x", "None", "0", "%00", "a" * 5000, "%ED%A0%80"]
)
def test_invented_token_is_gone(case: Complaint, client: Client, token: str) -> None:
    link(case)
    for answer in (client.get(f"/track/{token}/"), client.post(f"/track/{token}/")):
        assert answer.status_code == 410
        assert "Ask for a new link" in answer.content.decode()


def test_truncated_token_is_gone(case: Complaint, client: Client) -> None:
    assert client.post(link(case)[:-2] + "/").status_code == 410


def test_empty_token_is_not_here(client: Client) -> None:
    assert client.get("/track//").status_code == 404


def test_pages_with_the_token_are_kept_by_nobody(
    case: Complaint, client: Client
) -> None:
    page = client.get(link(case))
    assert page["Cache-Control"] == "no-store, private"
    assert page["Referrer-Policy"] == "strict-origin"


def test_session_key_changes_when_the_link_opens(
    case: Complaint, client: Client
) -> None:
    client.get("/track/")
    session = client.session
    session["seen"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post(link(case))
    assert client.cookies["sessionid"].value != session.session_key


def test_opening_proves_the_address(case: Complaint, client: Client) -> None:
    contact = Contact.objects.get(party=case.customer)
    assert contact.proved_at is None
    client.post(link(case))
    contact.refresh_from_db()
    assert contact.proved_at is not None


@pytest.mark.usefixtures("one_window")
def test_sixth_try_has_to_wait(case: Complaint, client: Client) -> None:
    answers = [ask(client, "RC-2222-2222", f"{n}@else.example") for n in range(6)]
    assert [a.status_code for a in answers] == [302] * 5 + [429]
    assert 0 < int(answers[5]["Retry-After"]) <= 900
    assert "5@else.example" in answers[5].content.decode()


@pytest.mark.usefixtures("one_window")
def test_one_reference_has_its_own_limit(case: Complaint) -> None:
    for n in range(5):
        ask(Client(REMOTE_ADDR=f"10.0.0.{n}"), case.reference)
    assert ask(Client(REMOTE_ADDR="10.0.0.9"), case.reference).status_code == 429
    assert len(sent()) == 5


@pytest.mark.parametrize("email", ["", "x", "a@b\x00.example", "'; --", "a" * 300])
def test_odd_addresses_get_words(client: Client, email: str) -> None:
    assert ask(client, "RC-2222-2222", email).status_code in (302, 422)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_one_gets_in() -> None:
    file_short(Client(), **GUEST)
    path = link(Complaint.objects.get())
    codes: list[int] = []

    def press() -> None:
        try:
            codes.append(Client().post(path).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [302, 410]


@pytest.mark.usefixtures("one_window")
def test_guessing_from_many_addresses_alarms_once(
    case: Complaint, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(access.MISSES.tries + 3):
        where = {"REMOTE_ADDR": f"198.51.{number}.1"}
        typed = {"reference": new_reference(), "email": GUEST["email"]}
        assert client.post("/track/", typed, **where).status_code == 302

    said = [row for row in caplog.records if "may be guessing" in row.message]
    assert [row.levelname for row in said] == ["ERROR"]
    assert sent() == []


@pytest.mark.drill
def test_known_and_unknown_take_the_same_time(
    case: Complaint, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(track, "LOOKUPS", track.Limit("drill", 10**9, 900))
    taken: dict[str, list[float]] = {case.reference: [], new_reference(): []}
    for _run in range(200):
        for reference, times in taken.items():
            start = time.perf_counter()
            ask(client, reference)
            times.append(time.perf_counter() - start)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert abs(known - unknown) < 0.010
