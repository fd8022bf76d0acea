"""Every reading of a case by the desk stands on its ledger of reads."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints import ledger
from complaints.models import Complaint, Event, Stream
from complaints.services.reading import record_reading
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


def readings(case: Complaint) -> list[tuple[str, str]]:
    """(who, what) of each reading, in order."""
    rows = Event.objects.filter(stream=f"reads:{case.pk}").order_by("seq")
    return list(rows.values_list("actor__username", "what"))


@pytest.mark.parametrize("who", ["security", "reviewer"])
def test_opening_a_case_at_the_desk_is_kept(
    client: Client, people: People, who: str
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.all()[who])

    client.get(reverse("admin:complaints_complaint_change", args=[case.pk]))

    assert readings(case) == [(who, "case_opened")]
    heads = Stream.objects.filter(name=f"reads:{case.pk}")
    assert list(ledger.verify(heads)) == []


@pytest.mark.parametrize("part", ["", "messages/", "timeline/", "evidence/"])
def test_so_is_reading_it_by_the_api(client: Client, people: People, part: str) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)

    client.get(f"/api/v1/complaints/{case.reference}/{part}")

    assert readings(case) == [("security", "case_opened")]


def test_what_support_may_tell_is_kept_as_that(client: Client, people: People) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.support)

    client.get(reverse("admin:complaints_complaint_status", args=[case.pk]))

    assert readings(case) == [("support", "status_opened")]


def test_the_same_person_is_kept_once_an_hour(people: People) -> None:
    case, now = cases.at(people, "investigating"), timezone.now()
    given: dict[str, Any] = {"complaint": case, "actor": people.security}

    for minutes in (0, 59, 61):
        record_reading(**given, now=now + timedelta(minutes=minutes))
    record_reading(complaint=case, actor=people.security_lead, now=now)

    assert [who for who, _what in readings(case)] == [
        "security",
        "security",
        "security_lead",
    ]


def test_who_may_not_see_it_and_its_customer_leave_nothing(
    client: Client, people: People
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.tech)
    client.get(reverse("admin:complaints_complaint_change", args=[case.pk]))
    client.force_login(people.customer)
    client.get(reverse("portal:case", args=[case.reference]))
    client.get(f"/api/v1/complaints/{case.reference}/")

    assert readings(case) == []
