"""The fairness watch: groups, pairs and people, and who may look at them."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.compliance.days import Days
from complaints.compliance.fairness import pairs
from complaints.compliance.fairness.figures import Fairness, hidden_of, read
from complaints.compliance.rollup import refresh
from complaints.estimates import wilson
from complaints.models import (
    Category,
    Complaint,
    Decision,
    Event,
    Identifier,
    Party,
    Remedy,
)
from complaints.permissions import viewer_of
from complaints.states import Barrier
from teams.models import Team, User
from tests.people import People

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def decided(
    people: People,
    outcomes: Sequence[str],
    *,
    by: User | None = None,
    text: str = "Held for weeks",
    named: str = "",
    departs: bool = False,
    **columns: Any,
) -> list[Complaint]:
    """Cases with a first decision, one an outcome; bare rows, as they are read."""
    made = []
    for outcome in outcomes:
        party = Party.objects.create(last_name="x", country=columns.get("country", ""))
        given: dict[str, Any] = {
            "customer": party,
            "channel": "email",
            "received_at": NOW - timedelta(days=9),
            "recorded_by": people.support,
            "subject": "Withdrawal",
            "description": text,
            "category": Category.objects.get(code="withdrawals.refused"),
            "team": Team.objects.get(code="risk"),
            "profile_key": "eu_casp-1",
        }
        own = {k: v for k, v in columns.items() if k != "country"}
        case = Complaint.objects.create(**given | own)
        Decision.objects.create(
            complaint=case,
            number=1,
            status="issued",
            outcome=outcome,
            departs=departs,
            drafted_by=by or people.risk,
            issued_at=NOW - timedelta(days=1),
        )
        if named:
            Identifier.objects.create(complaint=case, kind="wallet", value=named)
        made.append(case)
    return made


def found(people: People) -> Fairness:
    refresh.rebuild()
    days = Days((NOW - timedelta(days=30)).date(), NOW.date())
    return read(days, viewer_of(people.reviewer))


def test_groups_with_their_intervals_and_small_ones_hidden(people: People) -> None:
    decided(people, ["upheld"] * 18 + ["not_upheld"] * 2, language="en")
    decided(people, ["partly_upheld"] * 2 + ["not_upheld"] * 12, language="zh-hans")
    decided(people, ["redress_offered"] * 3, language="de", country="DE")
    decided(people, ["upheld"], language="fr", barrier=Barrier.values[1])

    watch = found(people)

    assert (watch.decided, watch.upheld) == (37, 20)
    groups = {one.name: one for one in watch.groups["language"]}
    # One alone would be told by the others, so the next smallest hides with it.
    assert [name for name, one in groups.items() if one.share is None] == [
        "zh-hans",
        "de",
    ]
    assert groups["en"].share == wilson(18, 20)
    assert (groups["en"].differs, groups["en"].decided) == (True, 20)
    assert [one.name for one in watch.groups["country"]] == ["", "DE"]


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({"a": 30, "b": 12, "c": 3}, {"b", "c"}),
        ({"a": 30, "b": 4, "c": 3}, {"b", "c"}),
        ({"a": 30, "b": 12}, set()),
        ({"a": 3}, {"a"}),
    ],
)
def test_what_is_hidden(sizes: dict[str, int], hidden: set[str]) -> None:
    assert hidden_of(sizes) == hidden


def test_redress_is_the_share_and_the_mean_of_those_paid(people: People) -> None:
    cases = decided(people, ["upheld"] * 11, account_tier="vip")
    decided(people, ["upheld", "not_upheld"] * 4 + ["upheld"], account_tier="vip")
    for number, case in enumerate(cases, start=1):
        Remedy.objects.create(
            complaint=case,
            decision=case.decisions.get(),
            kind="refund",
            asset="USDT",
            amount=number,
            rate=1,
            rate_at=NOW,
            reporting_value=number * 10 + (number == 1),
        )

    (group,) = found(people).groups["tier"]

    assert (group.name, group.decided, group.paid) == ("vip", 20, 11)
    assert group.mean == Decimal("60.09"), "661 of 11, to the cent"
    assert (group.share, group.redress) == (wilson(16, 20), wilson(11, 20))


def test_groups_forget_an_erased_person_and_hide_the_cases_behind_them(
    people: People, client: Client
) -> None:
    case, *_others = decided(people, ["upheld"] * 12, account_tier="vip")
    assert found(people).groups["tier"][0].decided == 12

    case.erased_at = NOW
    case.save(update_fields=["erased_at"])
    refresh.reckon([case.pk])

    assert refresh.differences() == []
    assert found(people).groups["tier"][0].decided == 11
    client.force_login(people.reviewer)
    url = reverse("compliance:rows")
    assert client.get(url, {"fig": "group", "kind": "vip"}).status_code == 400


def test_like_facts_unlike_outcomes_are_listed_once(people: People) -> None:
    one, other = decided(people, ["upheld", "not_upheld"], named="TAddr", text="A b c")
    weeks = "The hold lasted two weeks"
    near = [
        *decided(people, ["upheld"], text=weeks),
        *decided(people, ["not_upheld"], text=weeks, departs=True),
    ]
    decided(people, ["upheld", "upheld"], named="TSame", text="Something else again")
    decided(
        people,
        ["not_upheld"],
        text="The hold lasted two weeks",
        barrier=Barrier.values[1],
    )

    listed = found(people).compared.pairs

    assert [(one.one, one.other, one.why, one.justified) for one in listed] == [
        (one.pk, other.pk, "named", False),
        (near[0].pk, near[1].pk, "words", True),
    ]


def test_one_case_unlike_many_does_not_fill_the_list(people: People) -> None:
    decided(people, ["upheld"] * 8 + ["not_upheld"], named="TAddr")

    assert len(found(people).compared.pairs) == 3


def test_one_unlike_many_of_an_address_is_found_however_late_it_came(
    people: People,
) -> None:
    decided(people, ["upheld"] * 60, named="TAddr", text="")
    (late,) = decided(people, ["not_upheld"], named="TAddr", text="")

    listed = found(people).compared.pairs

    assert len(listed) == 3
    assert {(pair.other, pair.why) for pair in listed} == {(late.pk, "named")}


def test_page_says_how_many_were_compared(
    people: People, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(people, ["upheld"] * 4 + ["not_upheld"] * 3)
    refresh.rebuild()
    client.force_login(people.reviewer)

    def said() -> str:
        return client.get(reverse("compliance:fairness")).content.decode()

    assert "All 7 decisions of the period are held against each other." in said()
    monkeypatch.setattr(pairs, "MOST_OF_A_TOPIC", 3)
    monkeypatch.setattr(pairs, "MOST_READ", 5)
    words = "Of 7 decisions of the period the newest 5 are held against each other, 3 "
    assert words in said()
    assert "At most 50 pairs are listed, and a case in 3 of them." in said()


def test_people_are_held_against_their_own_topics(people: People) -> None:
    """A hard topic makes nobody an outlier; refusing what others uphold does."""
    fees = Category.objects.get(code="fees.unexpected")
    texts = {"text": "x"}
    decided(people, ["not_upheld"] * 30, by=people.security, category=fees, **texts)
    decided(people, ["upheld"] * 30, by=people.risk, **texts)
    decided(people, ["not_upheld"] * 12, by=people.tech, **texts)
    decided(people, ["not_upheld"] * 2, by=people.legal, **texts)

    people_found = {one.user: one for one in found(people).people}

    assert people_found[people.security.pk].outside == 0
    assert people_found[people.tech.pk].outside == 99.8
    assert people_found[people.legal.pk].outside == 0
    assert people_found[people.tech.pk].expected == pytest.approx(30 / 44)


def test_page_shows_it_to_reviewers_and_notes_it(
    people: People, client: Client
) -> None:
    decided(people, ["upheld"] * 6 + ["not_upheld"] * 6, named="TAddr")
    refresh.rebuild()
    url = reverse("compliance:fairness")
    for who, status in (("security_lead", 403), ("compliance_officer", 403)):
        client.force_login(people.all()[who])
        assert client.get(url).status_code == status
    client.force_login(people.reviewer)

    page = client.get(url).content.decode()

    assert "same transaction or address" in page
    assert "50.0 %" in page
    event = Event.objects.get(what="figures_viewed")
    assert event.payload["door"] == "fairness"
    assert event.payload["checksum"] in page
    assert client.post(url).status_code == 403
