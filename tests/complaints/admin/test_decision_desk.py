"""Drafting beside the letter, proposing from the draft, and what a signer reads."""

import pytest
from django.test import Client
from django.urls import reverse

from complaints.admin.review import changes
from complaints.errors import GuardRefused
from complaints.models import (
    Category,
    Complaint,
    Decision,
    PointFinding,
    PolicySnippet,
    Remedy,
)
from complaints.services import decide
from complaints.workflow import perform
from teams.models import User
from tests import cases
from tests.complaints.admin.test_case import draft_post
from tests.people import People


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(case: Complaint) -> str:
    return reverse("admin:complaints_complaint_draft", args=[case.pk])


def do(case: Complaint, name: str) -> str:
    return reverse("admin:complaints_complaint_do", args=[case.pk, name])


@pytest.fixture
def case(people: People) -> Complaint:
    return cases.at(people, "investigating")


def test_looking_at_the_letter_keeps_nothing(people: People, case: Complaint) -> None:
    client = client_of(people.security)
    first = case.points.first()
    typed = draft_post(
        client,
        case,
        do="look",
        summary="We pay you back <b>today</b>.",
        **{f"p{first.pk}-outcome": "upheld", f"p{first.pk}-reasons": "Seen so."},
    )

    shown = client.post(page(case), typed)

    words = shown.content.decode()
    assert shown.status_code == 200
    assert "We pay you back &lt;b&gt;today&lt;/b&gt;." in words
    side = shown.context["side"]
    assert (side.typed, side.sheet.language) == (True, "en")
    assert side.sheet.subject == f"Complaint {case.reference}: our decision"
    assert "Point 2 has no finding." in [str(said) for said, _place in side.missing]
    assert not Decision.objects.exists()
    assert not PointFinding.objects.exists()


def test_letter_is_in_the_language_of_the_customer(
    people: People, case: Complaint
) -> None:
    Complaint.objects.update(language="zh-hans")
    cases.draft(people, case)

    shown = client_of(people.security).get(page(case))

    assert shown.context["side"].sheet.language == "zh-hans"
    assert 'lang="zh-hans"' in shown.content.decode()
    assert "我们的决定" in shown.context["side"].sheet.subject


def test_what_is_missing_is_listed_with_its_place(
    people: People, case: Complaint
) -> None:
    cases.draft(people, case)
    decide.write_draft(complaint=case, actor=people.security, summary="", cause="")

    shown = client_of(people.security).get(page(case))

    missing = [(str(words), place) for words, place in shown.context["side"].missing]
    assert missing == [
        ("Write the outcome and the reasons.", "id_summary"),
        ("Choose a provisional root cause.", "id_cause"),
    ]
    body = shown.content.decode()
    assert all(f'id="{place}"' in body for _words, place in missing)


def test_save_and_propose_does_both_or_says_what_keeps_it(
    people: People, case: Complaint
) -> None:
    client = client_of(people.security)
    cases.draft(people, case)
    without = draft_post(client, case, do="propose", cause="")
    answer = client.post(page(case), without, follow=True)
    assert "Choose a provisional root cause." in answer.content.decode()
    case.refresh_from_db()
    assert (case.state, case.decisions.get().cause) == ("investigating", "")

    whole = draft_post(client, case, do="propose", cause="capacity")
    assert client.post(page(case), whole).status_code == 302

    case.refresh_from_db()
    assert (case.state, case.decisions.get().cause) == ("in_review", "capacity")


# Passages of our rules ----------------------------------------------------------------


def test_passage_goes_into_reasons_and_rule_and_nothing_is_kept(
    people: People, case: Complaint
) -> None:
    make = PolicySnippet.objects.create
    ours = make(language="en", title="Hold", rule="Rules 4.2", text="Hold it 24 hours.")
    make(language="zh-hans", title="暂缓", rule="规则 4.2", text="暂缓 24 小时。")
    make(language="en", title="Old", rule="Rules 1", text="Old.", active=False)
    other = Category.objects.exclude(pk=case.category_id).filter(parent=None).last()
    make(language="en", title="Fees", rule="Fees 1", text="As said.", category=other)
    client = client_of(people.security)
    one, two = case.points.all()
    form = client.get(page(case)).context["forms"].findings[0]
    assert list(form.policies) == [str(ours.pk)]
    name = f"p{two.pk}"
    typed = {
        f"p{one.pk}-reasons": "Half a thought",
        f"{name}-reasons": "The address was new.",
        f"{name}-rule": "Terms 2",
        f"{name}-policy": str(ours.pk),
    }

    answer = client.post(page(case), {"seen": "none", "do": "put-in-2", **typed})

    first, second = answer.context["forms"].findings
    assert answer.status_code == 200
    assert second["reasons"].value() == "The address was new.\n\nHold it 24 hours."
    assert second["rule"].value() == "Terms 2; Rules 4.2"
    assert first["reasons"].value() == "Half a thought"
    assert not answer.context["forms"].errors
    assert not Decision.objects.exists()


# Similar decisions --------------------------------------------------------------------


def test_departing_from_what_was_looked_at_must_be_said(
    people: People, case: Complaint
) -> None:
    like = cases.at(people, "answered", by=people.other_customer)
    client = client_of(people.security)
    cases.draft(people, case)
    seen = {"outcome": "not_upheld", "precedents_seen": "on"}
    client.post(page(case), draft_post(client, case, **seen))

    draft = case.decisions.get()
    assert list(draft.precedents.all()) == [like.decisions.get()]
    with pytest.raises(GuardRefused) as refused:
        perform(case, "propose_decision", actor=people.security)
    assert [r.code for r in refused.value.refusals] == ["departure_unsaid"]
    body = client.get(page(case)).content.decode()
    assert like.reference in body
    assert "another outcome" in body

    why = {"departs": "on", "departure_reason": "Another route of the money."}
    client.post(page(case), draft_post(client, case, do="propose", **why))
    case.refresh_from_db()
    assert case.state == "in_review"
    perform(case, "return_decision", actor=people.security_lead, comment="Say more.")
    again = decide.draft_of(complaint=case, actor=people.security)
    assert list(again.precedents.all()) == [like.decisions.get()]


def test_decisions_of_others_that_are_not_seen_are_no_precedents(
    people: People, case: Complaint
) -> None:
    hidden = cases.at(people, "answered", by=people.other_customer)
    Complaint.objects.filter(pk=hidden.pk).update(barrier="privileged")
    client = client_of(people.security)
    cases.draft(people, case)
    client.post(page(case), draft_post(client, case, precedents_seen="on"))

    assert not case.decisions.get().precedents.exists()
    assert hidden.reference not in client.get(page(case)).content.decode()


# What a signer reads ------------------------------------------------------------------


def test_signer_reads_all_of_it_before_signing(people: People, case: Complaint) -> None:
    cases.draft(people, case)
    perform(case, "propose_decision", actor=people.security)
    lead = client_of(people.security_lead)

    shown = lead.get(do(case, "sign_off"))

    body, review = shown.content.decode(), shown.context["review"]
    assert review["capacity"] == "Team lead"
    assert "300.00&nbsp;USDT" in body
    assert "1 USDT = 1" in body
    assert "The hold was not applied." in body
    assert review["changes"] == []
    assert review["sheet"].subject.endswith("our decision")
    on_page = lead.get(reverse("admin:complaints_complaint_change", args=[case.pk]))
    assert f'href="{do(case, "sign_off")}"' in on_page.content.decode()


def test_second_version_shows_what_changed_and_why(
    people: People, case: Complaint
) -> None:
    cases.draft(people, case)
    perform(case, "propose_decision", actor=people.security)
    perform(case, "return_decision", actor=people.security_lead, comment="Too little.")
    decide.write_draft(complaint=case, actor=people.security, summary="We pay more.")
    decide.remove_remedy(
        remedy=case.remedies.get(state="proposed"), actor=people.security
    )
    more = decide.NewRemedy(
        kind="refund",
        amount=Remedy.objects.first().amount * 2,
        asset="USDT",
        rate=Remedy.objects.first().rate,
    )
    decide.add_remedy(complaint=case, remedy=more, actor=people.security)
    perform(case, "propose_decision", actor=people.security)
    first, second = case.decisions.order_by("number")

    found = {change.what: (change.was, change.now) for change in changes(first, second)}

    assert found.keys() == {"Outcome in one sentence", "Remedy 1"}
    assert found["Outcome in one sentence"][1] == "We pay more."
    assert "300.00 USDT (300.00 EUR)" in found["Remedy 1"][0]
    assert "600.00 USDT (600.00 EUR)" in found["Remedy 1"][1]
    shown = client_of(people.security_lead).get(do(case, "sign_off"))
    assert "Too little." in shown.content.decode()
    assert "<del>" in shown.content.decode()


def test_who_proposed_it_has_no_page_to_sign(people: People, case: Complaint) -> None:
    cases.draft(people, case)
    perform(case, "propose_decision", actor=people.security)
    proposer = client_of(people.security)
    assert proposer.get(do(case, "sign_off")).status_code == 403
    on_case = reverse("admin:complaints_complaint_change", args=[case.pk])
    words = "You proposed this decision, so others sign it off."
    assert words in proposer.get(on_case).content.decode()
    not_last = client_of(people.security_lead).get(do(case, "approve_decision"))
    assert "Still needed: sign-off by" in not_last.content.decode()
