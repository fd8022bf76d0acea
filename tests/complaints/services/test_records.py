"""Records of the exchange become sealed evidence that only staff see."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appeals.demo.standins.exchange import Exchange
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import Complaint, Event, Evidence
from complaints.services.records import fetch_records
from teams.models import Team
from tests import cases
from tests.complaints.test_exchange import SINCE, UNTIL, theirs
from tests.people import People

__all__ = ["theirs"]
PERIOD = {"since": SINCE, "until": UNTIL}


@pytest.fixture
def case(people: People) -> Complaint:
    people.customer.account_id = "40000001"
    people.customer.save()
    return cases.at(people, "investigating")


def fetched(case: Complaint, actor: Any, **more: Any) -> Evidence:
    asked: dict[str, Any] = {"kind": "logins", **PERIOD, **more}
    return fetch_records(complaint=case, actor=actor, **asked)


def test_form_on_the_case_seals_and_shows_them(
    people: People, case: Complaint, theirs: Exchange
) -> None:
    client = Client()
    client.force_login(people.security)
    page = reverse("admin:complaints_complaint_change", args=[case.pk])
    act = reverse("admin:complaints_complaint_act", args=[case.pk, "records"])
    assert act in client.get(page).content.decode()

    assert client.post(act, {"kind": "logins", **PERIOD}).status_code == 302

    row = case.evidence.get()
    assert (row.kind, row.records, row.source) == ("account", "logins", "exchange")
    assert not row.shared_with_customer
    assert row.original_name == f"logins {SINCE} {UNTIL}.json"
    look = reverse("admin:complaints_complaint_evidence_look", args=[case.pk, 1])
    shown = client.get(look).content.decode()
    assert "203.0.113." in shown
    assert '<th scope="col">IP address</th>' in shown
    assert Event.objects.filter(what="evidence_previewed").count() == 1
    raw = client.get(reverse("admin:complaints_complaint_evidence", args=[case.pk, 1]))
    assert b'"account": "40000001"' in raw.getvalue()


def test_words_of_an_attacker_are_words(
    people: People, case: Complaint, theirs: Exchange
) -> None:
    hostile = (
        b'{"account": "40000001", "kind": "logins",'
        b' "rows": [{"device": "<script>alert(1)</script>"}]}'
    )
    theirs.answer = (200, hostile)
    row = fetched(case, people.security)
    client = Client()
    client.force_login(people.security)
    look = reverse("admin:complaints_complaint_evidence_look", args=[case.pk, 1])
    shown = client.get(look).content.decode()
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown
    with row.file.open("rb") as file:
        assert file.read() == hostile


def test_who_may_and_when(
    people: People, case: Complaint, theirs: Exchange, settings: Any
) -> None:
    for stranger in (people.risk, people.other_customer, people.admin):
        with pytest.raises(NotVisible):
            fetched(case, stranger)
    with pytest.raises(NotPermitted):
        fetched(case, people.customer)
    for wrong in (SINCE - timedelta(days=1), SINCE + timedelta(days=367)):
        with pytest.raises(InvalidInput):
            fetched(case, people.security, until=wrong)
    theirs.answer = (503, b"")
    with pytest.raises(IllegalMove):
        fetched(case, people.security)
    people.customer.account_id = ""
    people.customer.save()
    with pytest.raises(NotPermitted):
        fetched(Complaint.objects.get(pk=case.pk), people.security)
    settings.EXCHANGE_URL = ""
    act = reverse("admin:complaints_complaint_act", args=[case.pk, "records"])
    client = Client()
    client.force_login(people.security)
    assert client.get(act).status_code == 403
    assert not Evidence.objects.exists()


def test_another_team_is_asked_brings_it_and_leaves(
    people: People, case: Complaint
) -> None:
    handler, tech = Client(), Client()
    handler.force_login(people.security)
    tech.force_login(people.tech)
    act = "admin:complaints_complaint_act"
    page = reverse("admin:complaints_complaint_change", args=[case.pk])
    ask = reverse(act, args=[case.pk, "ask-evidence"])
    assert ask in handler.get(page).content.decode()
    assert tech.get(page).status_code in (302, 404)
    team = Team.objects.get(code="tech")
    due = timezone.localtime() + timedelta(days=2)
    sent = {"team": team.pk, "wanted": "system_log", "question": "The gateway, May 2."}

    for lacking in (*sent, "answer_by"):
        given = {**sent, "answer_by": f"{due:%Y-%m-%dT%H:%M}"}
        given.pop(lacking)
        assert handler.post(ask, given).status_code == 422
    assert not case.accesses.exists()
    sent["answer_by"] = f"{due:%Y-%m-%dT%H:%M}"
    assert handler.post(ask, sent).status_code == 302

    asked = case.accesses.get()
    assert (asked.kind, asked.team) == ("contribution", team)
    assert asked.question == "System log: The gateway, May 2."
    assert case.clocks.get(step="contribute").due_at == asked.answer_by
    add = reverse(act, args=[case.pk, "evidence"])
    upload = SimpleUploadedFile("gateway.log", b"02:14 request")
    brought = {"file": upload, "kind": "system_log", "source": "Gateway"}
    assert tech.post(add, brought).status_code == 302
    row = case.evidence.get()
    assert (row.added_by, row.source) == (people.tech, "Gateway")
    done = reverse(act, args=[case.pk, "answer"])
    answer = {"access": asked.pk, "answer": "E1 is the log."}
    assert tech.post(done, answer).status_code == 302
    assert tech.get(page).status_code in (302, 404)
