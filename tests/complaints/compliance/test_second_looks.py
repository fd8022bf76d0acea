"""The potential violations that compliance marked, in the figures of a period."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.compliance.second_looks import SecondLooks, second_looks
from complaints.services import compliance
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


def test_a_case_with_two_marks_counts_once(people: People, client: Client) -> None:
    case = cases.at(people, "answered")
    compliance.draw()
    for rule in ("Art 6(1)", "Art 7(2)"):
        compliance.advise(
            complaint=case,
            text="It left a point out.",
            rule=rule,
            violation=True,
            actor=people.compliance_officer,
        )
    compliance.advise(
        complaint=case, text="Otherwise well.", actor=people.compliance_officer
    )
    now = timezone.now()
    day = timedelta(days=1)

    assert second_looks(now - day, now + day) == SecondLooks(1, 0, 1)
    assert second_looks(now - 9 * day, now - 8 * day) == SecondLooks(0, 0, 0)
    client.force_login(people.reviewer)
    page = client.get(reverse("compliance:figures")).content.decode()
    assert "1 case has a potential violation marked in it." in page
