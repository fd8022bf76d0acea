"""Money asks once more who it is, and nothing typed is lost over it."""

from typing import Any
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from appeals.models import Appeal
from complaints.models import Complaint, Payout, Remedy
from complaints.permissions import viewer_of
from complaints.selectors.money import moves_money
from complaints.workflow import perform
from tests import cases
from tests.people import PASSWORD, People

AGAIN = reverse("account_reauthenticate")


@pytest.fixture(autouse=True)
def asked(settings: Any) -> None:
    settings.SUDO_SECONDS = 600


def client_of(user: Any) -> Client:
    """Signed in long ago, by whatever way."""
    client = Client()
    client.force_login(user)
    return client


def asks(url: str) -> str:
    """Where it is asked who it is, to go on at ``url``."""
    return f"{AGAIN}?next={quote(url, safe='')}"


def do(obj: Any, name: str) -> str:
    meta = obj._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_do", args=[obj.pk, name])


def prove(client: Client, url: str, password: str = PASSWORD) -> Any:
    return client.post(f"{AGAIN}?next={url}", {"password": password, "next": url})


@pytest.fixture
def remedy(people: People) -> Remedy:
    return cases.at(people, "remedying").remedies.get()


def test_payment_goes_on_where_it_was_with_all_that_was_typed(
    people: People, remedy: Remedy
) -> None:
    perform(remedy, "start", actor=people.executor)
    client, url = client_of(people.executor), do(remedy, "complete")
    sent = {"proof": "tx-77", "version": remedy.version}

    answer = client.post(url, sent)

    assert (answer.status_code, answer.url) == (302, asks(url))
    page = client.get(answer.url).content.decode()
    assert "What you typed is kept." in page
    assert prove(client, url, "wrong password").status_code == 200
    remedy.refresh_from_db()
    assert remedy.state == "executing"
    done = prove(client, url)
    assert (done.status_code, done.url.split("#")[0]) == (
        302,
        reverse("admin:complaints_complaint_change", args=[remedy.complaint_id]),
    )
    remedy.refresh_from_db()
    assert (remedy.state, Payout.objects.get().proof) == ("executed", "tx-77")


def test_asked_once_in_ten_minutes(people: People, remedy: Remedy) -> None:
    client, url = client_of(people.executor), do(remedy, "start")
    assert client.post(url, {"version": remedy.version}).status_code == 302
    prove(client, url)
    remedy.refresh_from_db()
    assert remedy.state == "executing"
    fields = {"proof": "tx-1", "version": remedy.version}

    session = client.session
    session["account_authentication_methods"][-1]["at"] -= 601
    session.save()
    assert client.post(do(remedy, "complete"), fields).url.startswith(AGAIN)
    session["account_authentication_methods"][-1]["at"] += 100
    session.save()
    client.post(do(remedy, "complete"), fields)

    remedy.refresh_from_db()
    assert remedy.state == "executed"


def test_signing_in_by_password_counts(people: People, remedy: Remedy) -> None:
    user = people.executor
    EmailAddress.objects.create(user=user, email=user.email, verified=True)
    client = Client()
    login = {"login": user.username, "password": PASSWORD}
    client.post(reverse("account_login"), login)
    client.post(do(remedy, "start"), {"version": remedy.version})
    remedy.refresh_from_db()
    assert remedy.state == "executing"


def test_signing_money_off_asks_and_words_alone_do_not(people: People) -> None:
    dear, free = cases.at(people, "in_review"), cases.at(people, "investigating")
    cases.draft(people, free, amount="0")
    perform(free, "propose_decision", actor=people.security)
    lead = client_of(people.security_lead)

    for case, again in ((dear, True), (free, False)):
        answer = lead.post(do(case, "sign_off"), {"version": case.version})
        assert answer.url.startswith(AGAIN) == again
        decision = case.decisions.get()
        assert decision.sign_offs.exists() != again


def test_taking_back_asks_first(people: People, remedy: Remedy) -> None:
    cases.execute(people, remedy)
    client = client_of(people.executor)
    url = reverse("admin:complaints_remedy_take_back", args=[remedy.pk])
    assert client.get(url).url == asks(url)
    assert prove(client, url).url == url
    assert client.get(url).status_code == 200


def test_programs_are_told_so(people: People) -> None:
    case: Complaint = cases.at(people, "in_review")
    client = client_of(people.security_lead)
    answer = client.post(
        reverse("api:transition", args=[case.reference, "sign_off"]),
        {},
        content_type="application/json",
        headers={"If-Match": str(case.version)},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "prove_again")
    decision = case.decisions.get()
    assert decision.capacity_for(viewer_of(people.security_lead)) is not None


def test_the_ruling_that_approves_a_new_decision_asks_too(people: People) -> None:
    case: Complaint = cases.at(people, "in_review")
    appeal = Appeal(complaint=case)
    assert moves_money(appeal, "rule")
    assert not moves_money(appeal, "start_review")
