"""What is proposed to whoever admits a case, and why."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import Category, Complaint, LearnedTopics
from complaints.permissions import viewer_of
from complaints.selectors.triage import Triage, triage_of
from complaints.services import learning
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


def _filed(people: People, text: str, **more: Any) -> Complaint:
    given = {"subject": "Help", "category": None, "amount": None, "asset": ""}
    return cases.filed(people, description=text, **given | more)


def _triage(people: People, text: str, **more: Any) -> Triage:
    return triage_of(_filed(people, text, **more), viewer_of(people.support))


def test_topic_with_its_words(people: People) -> None:
    found = _triage(people, "I was hacked after a SIM swap")

    (topic,) = found.topics
    assert topic.category.code == "security.takeover"
    assert topic.why == "It says “hacked”, “sim swap”."
    assert not topic.learned


@pytest.mark.parametrize(
    ("text", "more", "severity", "words"),
    [
        ("A question", {}, "normal", "Nothing speaks for another."),
        ("A hidden fee", {}, "low", "So are cases of “Unexpected fee”."),
        ("It was stolen", {"funds_at_risk": True}, "critical", "Money is at risk"),
        ("A drained wallet", {}, "high", "It says “drained”."),
        ("Hidden fee", {"reporting_value": Decimal(10_000)}, "high", "a large sum"),
    ],
)
def test_severity_with_its_reason(
    people: People, text: str, more: dict[str, Any], severity: str, words: str
) -> None:
    case = _filed(people, text)
    for name, value in more.items():
        setattr(case, name, value)

    grade = triage_of(case, viewer_of(people.support)).grade

    assert grade.severity == severity
    assert any(words in why for why in grade.why)


def test_language_that_is_registered_as_another(people: People) -> None:
    assert _triage(people, "我的提现一直没有到账").language == "zh-hans"
    assert _triage(people, "我的提现一直没有到账", language="zh-hans").language == ""
    assert _triage(people, "My withdrawal is late").language == ""


def test_same_transaction_is_named_but_no_case_of_others(people: People) -> None:
    known = (("transaction", "9f3c51aa5a697c", "tron"),)
    first = _filed(people, "Late", identifiers=known, by=people.other_customer)

    assert [one.case for one in _triage(people, "x", identifiers=known).near] == [first]
    Complaint.objects.filter(pk=first.pk).update(barrier="insider")
    left = _triage(people, "y", identifiers=known).near
    assert first not in [one.case for one in left]


@pytest.fixture
def past(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six admitted cases, three of each of two topics."""
    monkeypatch.setattr(learning, "ENOUGH", 6)
    monkeypatch.setattr(learning, "ENOUGH_OF_A_TOPIC", 3)
    said = {"p2p.unpaid": "seller vanished", "fees.funding": "eight hourly payments"}
    for code, text in said.items():
        category = Category.objects.get(code=code)
        for _number in range(3):
            case = _filed(people, text, category=category)
            cases.admit(people, case)


def test_earlier_cases_teach_what_no_rule_says(people: People, past: None) -> None:
    assert learning.learn_topics() == 6

    (topic,) = _triage(people, "The seller simply vanished").topics
    assert (topic.category.code, topic.learned) == ("p2p.unpaid", True)
    assert "6 earlier cases: “seller”, “vanished”." in topic.why


def test_too_few_cases_teach_nothing(
    people: People, past: None, monkeypatch: Any
) -> None:
    learning.learn_topics()
    monkeypatch.setattr(learning, "ENOUGH", 7)

    assert learning.learn_topics() == 0
    assert not LearnedTopics.objects.exists()


def test_barred_and_untriaged_cases_teach_nothing(people: People, past: None) -> None:
    Complaint.objects.filter(category__code="fees.funding").update(barrier="insider")
    _filed(people, "x", category=Category.objects.get(code="fees.funding"))

    assert {code for _text, code in learning._examples()} == {"p2p.unpaid"}


def test_queries_do_not_depend_on_the_words(people: People, past: None) -> None:
    learning.learn_topics()
    viewer = viewer_of(people.support)
    counted = []
    for text in ("x", "hacked, hidden fee, rude, phishing, seller vanished"):
        case = _filed(people, text)
        with CaptureQueriesContext(connection) as queries:
            triage_of(case, viewer)
        counted.append(len(queries))

    assert counted == [3, 4]  # no topic named, so none is read


def test_page_of_admission_takes_a_suggestion_over(
    people: People, client: Client
) -> None:
    case = _filed(people, "I was hacked")
    client.force_login(people.support)
    address = reverse("admin:complaints_complaint_do", args=(case.pk, "admit"))
    category = Category.objects.get(code="security.takeover")

    page = client.get(address).content.decode()
    taken = f"?category={category.pk}&amp;team={category.team_id}&amp;severity=critical"
    assert taken in page

    taken_over = client.get(address, {"category": category.pk, "severity": "critical"})
    form = taken_over.context["form"]
    assert form["category"].value() == str(category.pk)
    assert form["severity"].value() == "critical"
    case.refresh_from_db()
    assert (case.state, case.category) == ("received", None)
