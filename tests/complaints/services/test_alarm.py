"""Money at risk: security hears at once, and the filing costs no query more."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.models import Complaint, Outbox
from complaints.services import protect
from complaints.services.relay import relay_due
from complaints.workflow import perform
from teams.models import Absence
from tests import cases
from tests.people import People


def at_risk(people: People, **filing: Any) -> Complaint:
    return cases.filed(people, funds_at_risk=True, **filing)


def alarmed() -> list[str]:
    """Who is written to, without their domain, in order; the relay has looked."""
    relay_due()
    rows = Outbox.objects.filter(key__contains=":alarm:", kind="staff")
    return sorted(row.recipient.partition("@")[0] for row in rows)


def away(user: Any) -> None:
    now = timezone.now()
    Absence.objects.create(
        user=user, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1)
    )


def test_filing_at_risk_costs_no_more_queries_than_any(people: People) -> None:
    asked = []
    cases.filed(people)
    for risk in (False, True):
        with CaptureQueriesContext(connection) as queries:
            cases.filed(people, funds_at_risk=risk)
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_security_is_written_to_at_once(people: People, mailoutbox: Any) -> None:
    case = at_risk(people)

    assert alarmed() == ["security", "security_lead"]
    relay_due()
    mail = next(m for m in mailoutbox if "<security@people.example>" in m.to[0])
    assert mail.subject == f"{case.reference}: at risk now"
    assert f"/admin/complaints/complaint/{case.pk}/change/" in mail.body
    assert case.description not in mail.body
    assert not Outbox.objects.exclude(status="sent").exists()


def test_alarm_sounds_in_the_language_of_who_hears_it(people: People) -> None:
    people.security.language = "zh-hans"
    people.security.save()
    at_risk(people)

    alarmed()

    row = Outbox.objects.get(recipient="security@people.example")
    assert "存在风险" in row.subject


def test_case_not_at_risk_alarms_nobody(people: People) -> None:
    cases.filed(people)

    assert alarmed() == []
    assert not Outbox.objects.filter(kind="alarm").exists()


def test_customer_without_address_alarms_all_the_same(people: People) -> None:
    from complaints.services import intake

    case = at_risk(people, customer=intake.guest_party(email="", name="Nobody"))

    assert alarmed() == ["security", "security_lead"]
    assert Outbox.objects.get(kind="alarm").complaint == case


def test_who_is_away_is_left_out(people: People) -> None:
    away(people.security_lead)
    at_risk(people)

    assert alarmed() == ["security"]


def test_everybody_is_written_to_where_all_are_away(people: People) -> None:
    away(people.security_lead)
    away(people.security)
    at_risk(people)

    assert alarmed() == ["security", "security_lead"]


def test_who_may_not_see_the_case_hears_nothing(people: People) -> None:
    case = at_risk(people)
    Complaint.objects.filter(pk=case.pk).update(barrier="insider")

    assert alarmed() == []
    row = Outbox.objects.get(kind="alarm")
    assert (row.status, row.error) == ("pending", "Nobody watches over cases at risk.")


def test_case_that_is_closed_by_then_alarms_nobody(people: People) -> None:
    case = at_risk(people)
    perform(case, "withdraw", actor=people.customer)

    assert alarmed() == []
    assert Outbox.objects.get(kind="alarm").status == "sent"


def test_alarm_cut_short_and_sounded_again_is_heard_once(people: People) -> None:
    at_risk(people)
    alarmed()
    Outbox.objects.filter(kind="alarm").update(status="pending", due_at=timezone.now())

    assert alarmed() == ["security", "security_lead"]


def test_asking_for_protection_sounds_it(people: People) -> None:
    case = cases.filed(people, funds_at_risk=True)
    relay_due()
    Outbox.objects.all().delete()

    protect.ask_protection(complaint=case, kind="freeze", actor=people.customer)
    protect.ask_protection(complaint=case, kind="freeze", actor=people.customer)

    assert alarmed() == ["security", "security_lead"]


def test_danger_that_is_filed_with_its_request_sounds_once(people: People) -> None:
    case = at_risk(people)
    protect.ask_protection(complaint=case, kind="freeze", actor=people.customer)

    assert alarmed() == ["security", "security_lead"]
