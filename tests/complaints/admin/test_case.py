"""The case page, and the draft of a decision."""

from typing import Any

import pytest
from django.test import Client

from complaints.models import Complaint
from complaints.services import decide
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

LIST = "/admin/complaints/complaint/"


def url(case: Complaint, end: str) -> str:
    return f"{LIST}{case.pk}/{end}"


def draft_post(client: Client, case: Complaint, **changes: Any) -> dict[str, Any]:
    """What the browser would send back of the draft page, with some fields changed."""
    forms = client.get(url(case, "decision/")).context["forms"]
    data: dict[str, Any] = {}
    for form in forms.all():
        for name in form.fields:
            value = form[name].value()
            if value not in (None, "", False, []):
                data[form.add_prefix(name)] = value
    return data | changes


@pytest.mark.parametrize(
    ("kind", "direction"), [("reply", "out"), ("note", "internal")]
)
def test_reply_and_note_are_two_forms(
    people: People, client: Client, kind: str, direction: str
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    posted = {"kind": kind, f"{kind}-text": "We look into it.", "reply-sure": "on"}
    answer = client.post(url(case, "write/"), posted)
    assert answer.status_code == 302
    message = case.messages.get()
    assert (message.direction, message.text) == (direction, "We look into it.")


def test_text_of_a_note_never_becomes_a_reply(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    posted = {"kind": "reply", "note-text": "Between us: he is lying."}
    answer = client.post(url(case, "write/"), posted)
    assert answer.status_code == 422
    assert case.messages.count() == 0


def test_reader_of_the_register_cannot_write(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.reviewer)
    html = client.get(url(case, "change/")).content.decode()
    assert 'id="reply"' not in html
    answer = client.post(url(case, "write/"), {"kind": "reply", "reply-text": "Hello"})
    assert answer.status_code == 403
    assert case.messages.count() == 0


def test_draft_is_kept_whole(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    first = case.points.get(number=1)
    posted = draft_post(client, case, outcome="upheld", summary="We pay.")
    posted |= {
        f"p{first.pk}-outcome": "upheld",
        f"p{first.pk}-reasons": "The records show it.",
        f"p{first.pk}-no_evidence": "on",
        "s-exchange": "70",
        "s-customer": "30",
        "precedents_seen": "on",
    }
    answer = client.post(url(case, "decision/"), posted)
    assert answer.status_code == 302
    draft = case.decisions.get()
    assert (draft.outcome, draft.summary, draft.precedents_seen) == (
        "upheld",
        "We pay.",
        True,
    )
    assert draft.findings.get().reasons == "The records show it."
    shares = {share.bearer: share.percent for share in draft.shares.all()}
    assert shares == {"exchange": 70, "customer": 30}


def test_looking_at_the_draft_makes_none(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    assert client.get(url(case, "decision/")).status_code == 200
    assert case.decisions.count() == 0


def test_finding_without_reasons_is_refused_and_nothing_lost(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    first = case.points.get(number=1)
    posted = draft_post(client, case, summary="Typed for ten minutes")
    posted[f"p{first.pk}-outcome"] = "upheld"
    answer = client.post(url(case, "decision/"), posted)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Write the reasons for this point." in text
    assert "Typed for ten minutes" in text
    assert case.decisions.count() == 0


def test_page_that_refuses_says_no_less_of_what_is_missing(
    people: People, client: Client
) -> None:
    """It said that nothing was, beside a draft without a finding."""
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    missing = "There is no draft of the decision yet."
    assert missing in client.get(url(case, "decision/")).content.decode()
    typed = draft_post(client, case, **{"s-exchange": "101"})

    answer = client.post(url(case, "decision/"), typed)

    assert answer.status_code == 422
    assert missing in answer.content.decode()


def test_second_tab_of_a_draft_shows_both_texts(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    cases.draft(people, case)
    client.force_login(people.security)
    stale = draft_post(client, case, summary="Mine, from the second tab")
    decide.write_draft(complaint=case, actor=people.security, summary="Theirs, saved")
    answer = client.post(url(case, "decision/"), stale)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs, saved" in text
    assert "Mine, from the second tab" in text
    assert case.decisions.get().summary == "Theirs, saved"
    fresh = {**stale, "seen": answer.context["form"].data["seen"]}
    assert client.post(url(case, "decision/"), fresh).status_code == 302
    assert case.decisions.get().summary == "Mine, from the second tab"


def test_only_the_handler_drafts(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security_lead)
    assert client.get(url(case, "decision/")).status_code == 403
    assert client.post(url(case, "decision/"), {}).status_code == 403


def test_remedy_goes_into_the_draft_and_out_again(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    bare = {"kind": "refund", "amount": "10"}
    refused = client.post(url(case, "decision/remedy/"), bare)
    assert refused.status_code == 422
    assert dict(refused.context["form"].errors) == {
        "asset": ["Enter the asset of the payment, such as USDT"],
        "rate": ["Enter the rate: what one of the asset is worth in EUR"],
    }
    assert case.remedies.count() == 0
    posted = {"kind": "refund", "amount": "10.5", "asset": "usdt", "rate": "0.91"}
    assert client.post(url(case, "decision/remedy/"), posted).status_code == 302
    remedy = case.remedies.get()
    assert (f"{remedy.amount:.2f}", remedy.asset) == ("10.50", "USDT")
    assert f"{remedy.reporting_value:.2f}" in {"9.55", "9.56"}
    out = draft_post(client, case, do=f"drop-{remedy.pk}", summary="You get it.")
    assert client.post(url(case, "decision/"), out)["Location"].endswith("#remedies")
    remedy.refresh_from_db()
    assert remedy.state == "cancelled"
    assert case.decisions.get().summary == "You get it."


def test_what_is_typed_is_kept_on_the_way_to_a_remedy(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    typed = draft_post(client, case, do="remedy", summary="You get it.")

    to = client.post(url(case, "decision/"), typed)["Location"]

    assert to == url(case, "decision/remedy/")
    assert case.decisions.get().summary == "You get it."
    for number in ("0", "x", "9" * 30):
        posted = draft_post(client, case, do=f"drop-{number}")
        assert client.post(url(case, "decision/"), posted).status_code == 404


def test_reading_a_case_opens_no_way_to_write_its_columns(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    posted = {"subject": "Other words", "state": "closed", "_save": "Save"}
    assert client.post(url(case, "change/"), posted).status_code == 405
    case.refresh_from_db()
    assert (case.state, case.subject) == (
        "investigating",
        "Withdrawal that I did not make",
    )
