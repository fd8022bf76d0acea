"""Filing, listing and reading complaints through the API."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from complaints.models import Complaint, Event
from tests import cases
from tests.people import People

URL = "/api/v1/complaints/"
Api = Callable[..., APIClient]

FULL = {
    "subject": "Withdrawal that I did not make",
    "description": "1,860 USDT left my account at night.",
    "points": ["It was not mine", "It should have been held"],
    "category": "security.unauthorised-withdrawal",
    "funds_at_risk": True,
    "asset": "usdt",
    "amount": "1860.00000001",
    "identifiers": [{"kind": "transaction", "value": "9f3c51aa", "network": "tron"}],
    "language": "zh-hans",
    "facts_from": "2026-11-01",
    "facts_until": "2026-11-02",
}
INTERNAL = {"state", "team", "handler", "severity", "next_due_step", "barrier"}


def test_filing_keeps_what_was_sent(api: Api, people: People) -> None:
    answer = api(people.customer).post(URL, FULL)

    case = Complaint.objects.get()
    assert answer.status_code == 201
    assert answer.data["reference"] == case.reference
    assert answer.data["status"] == "received"
    assert answer.data["next_date"]["step"] == "admit"
    assert answer["Location"] == f"{URL}{case.reference}/"
    assert case.customer.user == people.customer
    assert (case.channel, case.language, case.asset) == ("app", "zh-hans", "USDT")
    assert case.amount == Decimal("1860.00000001")
    assert case.funds_at_risk is True
    assert [point.text for point in case.points.all()] == FULL["points"]
    assert [i.value for i in case.identifiers.all()] == ["9f3c51aa"]
    assert Event.objects.get(stream=case.stream).what == "file"


def test_filing_needs_only_a_description(api: Api, people: People) -> None:
    answer = api(people.customer).post(URL, {"description": "It does not work."})

    assert answer.status_code == 201
    assert answer.data["subject"] == "It does not work."


@pytest.mark.postgres
def test_number_as_json_stays_exact(api: Api, people: People) -> None:
    body = '{"description": "x", "asset": "ETH", "amount": 0.123456789012345678}'

    api(people.customer).post(URL, body, content_type="application/json")

    assert Complaint.objects.get().amount == Decimal("0.123456789012345678")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"description": ""}, "description", "blank"),
        ({"description": None}, "description", "null"),
        ({"description": ["a"]}, "description", "invalid"),
        ({"description": "a\x00"}, "description", "null_characters_not_allowed"),
        ({"description": "a" * 50_001}, "description", "max_length"),
        ({"amount": "NaN"}, "amount", "invalid"),
        ({"amount": "-1"}, "amount", "min_value"),
        ({"amount": "1e400"}, "amount", "max_digits"),
        ({"category": "no.such"}, "category", "unknown"),
        ({"category": ["a"]}, "category", "invalid"),
        ({"asset": "<b>"}, "asset", "invalid"),
        ({"identifiers": [{"kind": "x", "value": "1"}]}, "identifiers.0.kind", None),
        ({"points": [{}]}, "points.0", "invalid"),
        ({"state": "closed"}, "state", "unknown_field"),
        ({"customer": 1}, "customer", "unknown_field"),
        ({"facts_from": "2026-02-30"}, "facts_from", "invalid"),
        (
            {"facts_from": "2026-02-02", "facts_until": "2026-02-01"},
            "facts_until",
            None,
        ),
    ],
)
def test_filing_refuses_what_has_no_shape(
    change: dict[str, Any], field: str, code: str | None, api: Api, people: People
) -> None:
    answer = api(people.customer).post(URL, FULL | change)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.data["code"] == "invalid"
    assert field in answer.data["errors"]
    if code:
        assert answer.data["errors"][field][0]["code"] == code
    assert Complaint.objects.count() == 0


def test_blank_description_is_the_services_to_refuse(api: Api, people: People) -> None:
    answer = api(people.customer).post(URL, {"description": "\u2800"})

    assert answer.status_code == 201  # a sign that is no space is a text


def test_same_key_gives_same_complaint_and_body(api: Api, people: People) -> None:
    client = api(people.customer)
    key = {"HTTP_IDEMPOTENCY_KEY": "k" * 255}

    first = client.post(URL, FULL, **key)
    again = client.post(URL, FULL, **key)
    other = client.post(URL, FULL, HTTP_IDEMPOTENCY_KEY="k" * 254 + "l")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert other.data["reference"] != first.data["reference"]
    assert Complaint.objects.count() == 2


def test_key_is_of_its_customer_alone(api: Api, people: People) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "one"}

    first = api(people.customer).post(URL, FULL, **key)
    second = api(people.other_customer).post(URL, FULL, **key)

    assert first.data["reference"] != second.data["reference"]


@pytest.mark.parametrize(
    "other",
    [
        {"description": "Something else"},
        {"amount": "1860.00000002"},
        {"asset": "btc"},
        {"points": ["It was not mine"]},
        {"funds_at_risk": False},
        {"category": "other"},
        {"identifiers": []},
        {"facts_until": "2026-11-03"},
        {"desired_outcome": "My money back"},
    ],
    ids=str,
)
def test_key_with_another_complaint_is_refused(
    api: Api, people: People, other: dict[str, Any]
) -> None:
    client, key = api(people.customer), {"HTTP_IDEMPOTENCY_KEY": "one"}
    client.post(URL, FULL, **key)

    answer = client.post(URL, FULL | other, **key)

    assert answer.status_code == 422
    assert answer.data["code"] == "idempotency_key_reused"
    assert Complaint.objects.count() == 1


def test_unusable_key_is_refused(api: Api, people: People) -> None:
    answer = api(people.customer).post(URL, FULL, HTTP_IDEMPOTENCY_KEY="k" * 256)

    assert answer.status_code == 400
    assert Complaint.objects.count() == 0


FILING_QUERIES = 14


def test_filing_costs_few_queries(people: People) -> None:
    """Inside the view, with party, team and calendar warm, in one transaction."""
    from rest_framework.test import APIRequestFactory, force_authenticate

    from complaints.api.views.register import Complaints

    def post() -> list[str]:
        key = {"HTTP_IDEMPOTENCY_KEY": str(uuid4())}
        request = APIRequestFactory().post(URL, FULL, **key)
        force_authenticate(request, people.customer)
        with CaptureQueriesContext(connection) as queries:
            assert Complaints.as_view()(request).status_code == 201
        # The test's own transaction turns BEGIN and COMMIT into savepoints.
        return [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]

    post()
    asked = post()

    assert len(asked) <= FILING_QUERIES, "\n".join(line[:90] for line in asked)


# The list ----------------------------------------------------------------------------


def test_list_holds_own_complaints_in_public_words(
    api: Api, people: People, case_at: Any
) -> None:
    mine = case_at("investigating")
    cases.filed(people, by=people.other_customer)

    answer = api(people.customer).get(URL)

    assert answer.status_code == 200
    assert [row["reference"] for row in answer.data["results"]] == [mine.reference]
    assert answer.data["results"][0]["status"] == "investigating"
    assert not INTERNAL & set(answer.data["results"][0])


def test_list_of_staff_holds_their_teams_cases(
    api: Api, people: People, case_at: Any
) -> None:
    here = case_at("assigned")
    cases.filed(people)

    listed = api(people.security).get(URL).data["results"]
    elsewhere = api(people.tech).get(URL).data["results"]

    assert [row["reference"] for row in listed] == [here.reference]
    assert listed[0]["team"] == "security"
    assert elsewhere == []


def test_staff_read_their_own_complaint_as_customers(api: Api, people: People) -> None:
    """A complaint of somebody in support stands in support's own queue."""
    own = cases.filed(people, by=people.support)
    client = api(people.support)

    one = client.get(f"{URL}{own.reference}/")

    assert not INTERNAL & set(one.data)
    assert client.get(URL).data["results"] == []
    assert len(client.get(URL, {"scope": "mine"}).data["results"]) == 1


def test_pages_hold_every_complaint_once(api: Api, people: People) -> None:
    filed = [cases.filed(people).reference for _number in range(7)]
    Complaint.objects.update(received_at=Complaint.objects.earliest("pk").received_at)
    client, seen, url = api(people.customer), [], f"{URL}?limit=3"

    while url:
        page = client.get(url).data
        seen += [row["reference"] for row in page["results"]]
        url = page["next"]

    assert seen == filed[::-1]


def test_list_costs_the_same_for_any_length(api: Api, people: People) -> None:
    counts = {}
    for user in (people.customer, people.support):
        client = api(user)
        for wanted in (1, 3, 50):
            while Complaint.objects.count() < wanted:
                cases.filed(people)
            with CaptureQueriesContext(connection) as queries:
                rows = client.get(URL, {"limit": 100}).data["results"]
            counts[user.username, len(rows)] = len(queries)
        Complaint.objects.count()

    assert len(set(list(counts.values())[:3])) == 1, counts
    assert len(set(list(counts.values())[3:])) == 1, counts


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "customer__user__password"},
        {"ordering": "team"},
        {"customer__user__password__startswith": "m"},
        {"_connector": "OR"},
        {"team": "security"},
        {"cursor": "x"},
        {"cursor": "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMH4x"},
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "-1"},
        {"limit": "1e9"},
        {"status": "in_review"},
        {"state": "closed"},
        {"scope": "all"},
        {"page": "1"},
        {"format": "xml"},
    ],
)
def test_unknown_query_is_refused(
    query: dict[str, str], api: Api, people: People
) -> None:
    answer = api(people.customer).get(URL, query)

    assert answer.status_code == 400, answer.data
    assert answer.data["code"] == "invalid"


def test_list_is_filtered_by_public_status(
    api: Api, people: People, case_at: Any
) -> None:
    case_at("received")
    withdrawn = case_at("withdrawn")

    rows = api(people.customer).get(URL, {"status": "closed"}).data["results"]

    assert [row["reference"] for row in rows] == [withdrawn.reference]


# One complaint -----------------------------------------------------------------------


def test_customer_reads_no_internals(api: Api, people: People, case_at: Any) -> None:
    case = case_at("in_review")

    answer = api(people.customer).get(f"{URL}{case.reference}/")

    assert answer.status_code == 200
    assert answer.data["status"] == "investigating"
    assert answer.data["decision"] is None
    assert not (INTERNAL | {"remedies", "cause", "customer"}) & set(answer.data)
    assert answer["ETag"] == f'"{case.version}"'
    for word in ("in_review", "security_lead", "process_not_followed", "upheld"):
        assert word not in answer.content.decode()


def test_customer_reads_the_decision_once_it_is_sent(
    api: Api, people: People, case_at: Any
) -> None:
    case = case_at("answered")

    decision = api(people.customer).get(f"{URL}{case.reference}/").data["decision"]

    assert decision["outcome"] == "partly_upheld"
    assert [row["outcome"] for row in decision["findings"]] == ["upheld", "upheld"]
    assert [(r["amount"], r["state"]) for r in decision["remedies"]] == [
        ("300", "executed")
    ]


def test_staff_read_the_inside(api: Api, people: People, case_at: Any) -> None:
    case = case_at("investigating")

    data = api(people.security).get(f"{URL}{case.reference}/").data

    assert (data["state"], data["team"]) == ("investigating", "security")
    assert data["handler"] == "security"
    assert data["customer"]["email"] == "customer@people.example"


def test_support_reads_the_status_of_any_case(
    api: Api, people: People, case_at: Any
) -> None:
    case = case_at("investigating")

    answer = api(people.support).get(f"{URL}{case.reference}/")

    assert set(answer.data) == {
        "reference",
        "version",
        "status",
        "status_label",
        "received_at",
        "next_date",
        "letters",
    }
    assert {row["kind"] for row in answer.data["letters"]} == {"receipt", "admissible"}


@pytest.mark.parametrize("part", ["messages", "evidence", "timeline"])
def test_support_reads_no_content(
    part: str, api: Api, people: People, case_at: Any
) -> None:
    case = case_at("investigating")

    answer = api(people.support).get(f"{URL}{case.reference}/{part}/")

    assert answer.status_code == 403
    assert answer.data["code"] == "not_permitted"


def test_barred_case_has_no_status_for_support(
    api: Api, people: People, case_at: Any
) -> None:
    case = case_at("investigating")
    Complaint.objects.filter(pk=case.pk).update(barrier="suspicion")

    assert api(people.support).get(f"{URL}{case.reference}/").status_code == 404


def test_foreign_and_unknown_are_answered_alike(
    api: Api, people: People, case_at: Any
) -> None:
    case = case_at("investigating")
    from complaints.reference_number import new_reference

    for user in (people.other_customer, people.outsider, people.tech):
        client = api(user)
        foreign = client.get(f"{URL}{case.reference}/")
        unknown = client.get(f"{URL}{new_reference()}/")
        broken = client.get(f"{URL}hello/")
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.content == unknown.content == broken.content


def test_nobody_is_asked_who_they_are(api: Api, people: People) -> None:
    answer = api().get(URL)

    assert answer.status_code == 401
    assert answer.data["code"] == "not_authenticated"
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_wrong_method_is_refused(api: Api, people: People) -> None:
    client = api(people.customer)

    assert client.delete(URL).status_code == 405
    assert client.put(URL, {}).data["code"] == "method_not_allowed"
    assert client.options(URL).status_code == 405


def test_change_without_csrf_token_is_refused(people: People) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(people.customer)

    answer = client.post(URL, FULL)

    assert answer.status_code == 403
    assert answer.data["code"] == "csrf_failed"
    assert Complaint.objects.count() == 0


def test_answers_are_kept_by_no_cache(api: Api, people: People) -> None:
    assert api(people.customer).get(URL)["Cache-Control"] == "no-store, private"


def test_throttle_says_how_long_to_wait(
    api: Api, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "1/min"})
    client = api(people.customer)
    client.get(URL)

    answer = client.get(URL)

    assert answer.status_code == 429
    assert answer.data["code"] == "too_many"
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_representative_reads_until_the_mandate_ends(api: Api, people: People) -> None:
    from django.utils import timezone

    from complaints.services.intake import party_of_user

    party_of_user(people.outsider)
    today = timezone.now().date()
    case = cases.filed(
        people,
        representative={"user": people.outsider, "valid_until": today},
    )
    client = api(people.outsider)

    now = client.get(f"{URL}{case.reference}/").status_code
    case.representatives.update(valid_until=today - timedelta(days=1))

    assert (now, client.get(f"{URL}{case.reference}/").status_code) == (200, 404)
