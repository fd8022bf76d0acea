"""The decision page and what can be answered to it."""

from collections.abc import Callable

import pytest
from django.test import Client

from complaints import profiles
from complaints.models import Complaint, Remedy
from complaints.services import access
from complaints.services.decide import NewFinding, set_finding, write_draft
from complaints.services.evidence import Upload, add_evidence
from complaints.states import RemedyState, State
from complaints.workflow import perform
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(people: People) -> Client:
    client = Client()
    client.force_login(people.customer)
    return client


@pytest.fixture
def offered(people: People) -> Complaint:
    """A decision with one refund that waits for acceptance, and two exhibits."""
    case = cases.filed(people)
    cases.admit(people, case)
    perform(case, "take", actor=people.security)
    files = [
        add_evidence(
            complaint=case,
            upload=Upload(name, b"x"),
            actor=people.security,
            shared=shared,
        )
        for name, shared in (("shown.txt", True), ("inside.txt", False))
    ]
    cases.draft(people, case, amount="1302", on_acceptance=True)
    finding = NewFinding(
        point=case.points.all()[0],
        outcome="partly_upheld",
        reasons="Partly so.",
        rule="Withdrawal rules, version 14",
        evidence=tuple(files),
    )
    set_finding(complaint=case, finding=finding, actor=people.security)
    perform(case, "propose_decision", actor=people.security)
    perform(case, "approve_decision", actor=cases.sign_all(people, case))
    perform(case, "issue_decision", actor=people.security)
    return case


def _page(client: Client, case: Complaint) -> str:
    answer = client.get(f"/complaints/{case.reference}/decision/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_page_holds_what_a_decision_must(customer: Client, offered: Complaint) -> None:
    page = _page(customer, offered)
    wanted = [
        "We uphold your complaint in part.",
        "The withdrawal was not mine",
        "Partly in your favour",
        "Partly so.",
        "Withdrawal rules, version 14",
        "E1 shown.txt",
        "The hold was not applied.",
        "1,302.00&nbsp;USDT",
        "1,302.00 EUR on",
        "70 %",
        "The hold now applies to every new address.",
        f"/complaints/{offered.reference}/accept/",
        f"/complaints/{offered.reference}/appeal/",
    ]
    routes = profiles.by_key(offered.profile_key).routes_for("")
    for words in [*wanted, *(str(route.name) for route in routes)]:
        assert words in page, words
    assert "inside.txt" not in page
    assert "E2, our record" in page
    assert "btn main" not in page


def test_drafts_and_proposals_are_not_shown(
    customer: Client, case_at: Callable[..., Complaint]
) -> None:
    for state in ("investigating", "in_review", "remedying"):
        case = case_at(state)
        answer = customer.get(f"/complaints/{case.reference}/decision/")
        assert answer.status_code == 404
        page = customer.get(f"/complaints/{case.reference}/").content.decode()
        assert "We uphold" not in page


def test_accepting_asks_once_more_and_takes_all(
    customer: Client, offered: Complaint
) -> None:
    url = f"/complaints/{offered.reference}/accept/"
    page = customer.get(url).content.decode()
    assert "Accept the decision?" in page
    assert "1,302.00" in page
    assert Remedy.objects.get().state == RemedyState.OFFERED
    customer.post(url, {"version": offered.version})
    assert Remedy.objects.get().state == RemedyState.ACCEPTED
    offered.refresh_from_db()
    assert offered.closing_reason == "accepted"
    again = customer.post(url)
    assert again.status_code == 409
    assert "accepted this decision already" in again.content.decode()
    assert "Accept the decision" not in _page(customer, offered)


@pytest.mark.parametrize(
    ("choice", "state"), [("accept", "accepted"), ("refuse", "refused")]
)
def test_one_remedy_moves_alone(
    customer: Client, offered: Complaint, choice: str, state: str
) -> None:
    remedy = Remedy.objects.get()
    url = f"/complaints/{offered.reference}/remedies/{remedy.pk}/"
    assert customer.get(url).status_code == 200
    assert customer.post(url).status_code == 422
    customer.post(url, {"choice": choice, "version": remedy.version})
    remedy.refresh_from_db()
    offered.refresh_from_db()
    assert (remedy.state, offered.state) == (state, State.ANSWERED)
    assert "Accept the decision" in _page(customer, offered)
    assert customer.post(url, {"choice": choice}).status_code == 409


def test_link_alone_decides_nothing_on_money(
    people: People, offered: Complaint
) -> None:
    """A mailbox is no person: who has an account signs in to accept (U22)."""
    client = Client()
    opened = access.open_for_filer(complaint=offered)
    session = client.session
    access.remember(session, opened)
    session.save()
    client.cookies["sessionid"] = session.session_key
    assert "1,302.00" in _page(client, offered)
    remedy = Remedy.objects.get()
    for path in ("accept/", f"remedies/{remedy.pk}/"):
        answer = client.post(
            f"/complaints/{offered.reference}/{path}", {"choice": "accept"}
        )
        assert answer.status_code == 409
        assert "Sign in to your account first" in answer.content.decode()
    remedy.refresh_from_db()
    assert remedy.state == RemedyState.OFFERED


def test_write_draft_after_issue_changes_nothing_here(
    people: People, customer: Client, offered: Complaint
) -> None:
    with pytest.raises(Exception, match="not possible"):
        write_draft(complaint=offered, actor=people.security, summary="Other")
    assert "We uphold your complaint in part." in _page(customer, offered)
