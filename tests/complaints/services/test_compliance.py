"""Compliance looks again: whom the lot falls on, what it says, who reads it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import Complaint, ComplianceCheck, ComplianceNote, Event, Outbox
from complaints.selectors.timeline import customer_timeline, staff_timeline
from complaints.services import compliance
from complaints.tasks import draw_for_compliance
from teams.models import Team, User
from teams.services import add_member
from teams.system import system_actor
from tests import cases
from tests.people import People, make_user

FINDING = "The reasons do not say which record they rest on."
RULE = "RTS 2025/294 Art 6(1)"


def officer(people: People) -> User:
    """A second one, who signed nothing."""
    user = make_user("second_officer")
    team = Team.objects.get(code="compliance")
    add_member(user=user, team=team, role="officer", actor=system_actor())
    return user


@pytest.fixture
def flagged(people: People) -> Complaint:
    """Decided, in a category that compliance signs and looks at again."""
    case = cases.at(people, "answered")
    assert draw_for_compliance() == 1
    return Complaint.objects.get(pk=case.pk)


def test_flagged_categories_are_drawn_once(people: People, flagged: Complaint) -> None:
    check = ComplianceCheck.objects.get()
    assert (check.why, check.done_at) == ("flagged", None)
    assert check.due_on == (check.drawn_at + timedelta(days=30)).date()
    assert draw_for_compliance() == 0
    assert Event.objects.filter(what="compliance_drawn").count() == 1


@pytest.mark.parametrize(("percent", "drawn"), [(0, 0), (100, 1)])
def test_others_by_lot(people: People, settings: Any, percent: int, drawn: int) -> None:
    settings.COMPLIANCE_SAMPLE_PERCENT = percent
    cases.at(people, "answered", category=None)
    cases.at(people, "investigating", by=people.other_customer)
    assert draw_for_compliance() == drawn
    assert list(ComplianceCheck.objects.values_list("why", flat=True)) == (
        ["sample"] * drawn
    )


def test_refusals_are_drawn_and_barred_or_old_ones_are_not(
    people: People, settings: Any
) -> None:
    settings.COMPLIANCE_SAMPLE_PERCENT = 100
    refused = cases.at(people, "inadmissible", category=None)
    hidden = cases.at(people, "answered", by=people.other_customer)
    Complaint.objects.filter(pk=hidden.pk).update(barrier="privilege")
    assert compliance.draw(now=timezone.now() + timedelta(days=60)) == 0
    assert draw_for_compliance() == 1
    assert ComplianceCheck.objects.get().complaint_id == refused.pk


def test_lot_is_even_and_stays(settings: Any) -> None:
    lots = [compliance.lot_of(f"RC-{number}") for number in range(2000)]
    assert lots == [compliance.lot_of(f"RC-{number}") for number in range(2000)]
    assert 60 < sum(lot < 5 for lot in lots) < 145
    settings.LEDGER_KEY = "another key, with as many letters as it takes"
    assert compliance.lot_of("RC-1") != lots[1]


def test_advice_and_violation_stand_in_the_case(
    people: People, flagged: Complaint
) -> None:
    who = people.compliance_officer
    compliance.advise(complaint=flagged, text=FINDING, actor=who)
    compliance.advise(
        complaint=flagged, text="Late.", rule=RULE, violation=True, actor=who
    )

    told = Outbox.objects.filter(kind="staff", complaint=flagged).order_by("pk")
    assert [(n.recipient, n.subject.split(": ")[1]) for n in told] == [
        (people.security.email, "advice of compliance"),
        (people.security_lead.email, "a potential violation"),
        (people.head.email, "a potential violation"),
    ]
    handler, client = cases._viewer(people.security), Client()
    said = [entry.body for entry in staff_timeline(flagged, handler)]
    assert FINDING in said
    client.force_login(people.security)
    page = reverse("admin:complaints_complaint_change", args=[flagged.pk])
    body = client.get(page).content.decode()
    assert FINDING in body
    assert RULE in body
    customer = cases._viewer(people.customer)
    assert not any(
        FINDING in entry.body for entry in customer_timeline(flagged, customer)
    )
    client.force_login(people.customer)
    own = client.get(f"/complaints/{flagged.reference}/").content.decode()
    assert FINDING not in own


def test_violation_names_its_rule(people: People, flagged: Complaint) -> None:
    with pytest.raises(InvalidInput):
        compliance.advise(
            complaint=flagged,
            text=FINDING,
            violation=True,
            actor=people.compliance_officer,
        )
    refused = pytest.raises(IntegrityError, match="compliance_violation_names_rule")
    with refused, transaction.atomic():
        ComplianceNote.objects.create(
            complaint=flagged,
            violation=True,
            text="x",
            made_by=people.compliance_officer,
            made_at=timezone.now(),
        )


def test_who_may_speak(people: People, flagged: Complaint) -> None:
    for user in (people.security, people.security_lead, people.reviewer, people.head):
        with pytest.raises(NotPermitted):
            compliance.advise(complaint=flagged, text=FINDING, actor=user)
    with pytest.raises(NotVisible):
        compliance.advise(complaint=flagged, text=FINDING, actor=people.tech)


def test_review_ends_by_somebody_who_did_not_sign(
    people: People, flagged: Complaint
) -> None:
    with pytest.raises(NotPermitted, match="You signed"):
        compliance.finish(complaint=flagged, actor=people.compliance_officer)
    second = officer(people)
    team = Team.objects.get(code="security")
    add_member(user=second, team=team, role="member", actor=system_actor())
    compliance.finish(complaint=flagged, actor=second)
    check = ComplianceCheck.objects.get()
    assert (check.done_by, check.done_at is not None) == (second, True)
    with pytest.raises(IllegalMove):
        compliance.finish(complaint=flagged, actor=second)
    seen = Complaint.objects.visible_to(cases._viewer(people.compliance_officer))
    assert not seen.filter(pk=flagged.pk).exists()


def test_pages_of_an_officer(people: People, flagged: Complaint) -> None:
    client, second = Client(), officer(people)
    client.force_login(second)
    listed = client.get(reverse("admin:complaints_compliancecheck_changelist"))
    assert flagged.reference in listed.content.decode()
    case = reverse("admin:complaints_complaint_change", args=[flagged.pk])
    act = reverse("admin:complaints_complaint_act", args=[flagged.pk, "advise"])
    end = reverse("admin:complaints_complaint_act", args=[flagged.pk, "end-review"])
    body = client.get(case).content.decode()
    assert act in body
    assert end in body
    bare = client.post(act, {"text": FINDING, "violation": "on"})
    assert (bare.status_code, ComplianceNote.objects.count()) == (422, 0)
    whole = {"text": FINDING, "violation": "on", "rule": RULE}
    assert client.post(act, whole).status_code == 302
    assert client.post(end, {}).status_code == 302
    note = ComplianceNote.objects.get()
    assert (note.rule, note.made_by, note.violation) == (RULE, second, True)
    client.force_login(people.security)
    assert client.get(act).status_code == 403
    changelist = reverse("admin:complaints_compliancecheck_changelist")
    assert client.get(changelist).status_code == 403
