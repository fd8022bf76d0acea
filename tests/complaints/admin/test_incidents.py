"""Pages of incidents, actions and causes: who comes in, and what each press does."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.models import (
    Alarm,
    BulkRun,
    Category,
    Complaint,
    ImprovementAction,
    Incident,
    IncidentCase,
    SignOff,
)
from complaints.services import (
    decide,
    incident_amounts,
    incident_answers,
    incident_findings,
)
from complaints.services.incident_members import add_cases
from complaints.services.incidents import Scope, open_incident
from complaints.states import Barrier
from teams.models import Team
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db
LIST = "admin:complaints_incident_changelist"
ONE = "admin:complaints_incident_change"
AMOUNTS = "admin:complaints_incident_amounts"


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.content[:300]
    return answer.content.decode()


def post(client: Client, name: str, *args: Any, **data: Any) -> int:
    return client.post(reverse(name, args=args), data).status_code


def an_alarm(people: People) -> Alarm:
    now = timezone.now()
    return Alarm.objects.create(
        kind="rise",
        cell="rise:security:USDT:",
        team=Team.objects.get(code="security"),
        category=Category.objects.get(code="security"),
        asset="USDT",
        since=now - timedelta(days=7),
        until=now + timedelta(minutes=1),
        count=2,
        figures={"weeks": [0] * 8, "usual": 0.0, "chance": 1e-9},
        raised_at=now,
    )


def test_one_press_from_alarm_to_incident(people: People, client: Client) -> None:
    rows = [cases.at(people, "assigned"), cases.at(people, "investigating")]
    foreign = cases.filed(people, by=people.other_customer)
    alarm = an_alarm(people)
    client.force_login(people.security_lead)
    assert "2 complaints within seven days" in page(client, LIST)

    assert post(client, "admin:complaints_incident_from_alarm", alarm.pk) == 302

    incident = Incident.objects.get()
    members = IncidentCase.objects.filter(incident=incident)
    assert {row.complaint_id for row in members} == {case.pk for case in rows}
    assert foreign.pk not in {row.complaint_id for row in members}
    assert {tuple(row.why) for row in members} == {("alarm",)}
    alarm.refresh_from_db()
    assert (alarm.incident, alarm.answered_by) == (incident, people.security_lead)
    assert post(client, "admin:complaints_incident_from_alarm", alarm.pk) == 404


def test_alarm_that_is_none_needs_a_word(people: People, client: Client) -> None:
    alarm = an_alarm(people)
    answer = "admin:complaints_incident_alarm_answer"
    client.force_login(people.security)
    assert post(client, answer, alarm.pk, reason="Nothing") == 403
    client.force_login(people.compliance_officer)
    assert post(client, answer, alarm.pk) == 404
    client.force_login(people.head)

    post(client, answer, alarm.pk, reason=" ")
    assert Alarm.objects.filter(answered_at=None).exists()
    post(client, answer, alarm.pk, reason="A planned closure")

    alarm.refresh_from_db()
    assert alarm.reason == "A planned closure"


def test_incident_from_form_to_close(people: People, client: Client) -> None:
    case, barred = cases.at(people, "assigned"), cases.at(people, "assigned")
    client.force_login(people.security_lead)
    team = Team.objects.get(code="security")
    since = timezone.localtime() - timedelta(hours=1)
    post(
        client,
        "admin:complaints_incident_new",
        title="Holds failed",
        team=team.pk,
        asset="usdt",
        since=f"{since:%Y-%m-%dT%H:%M}",
        category=Category.objects.get(code="security").pk,
    )
    incident = Incident.objects.get()
    assert case.reference in page(
        client, "admin:complaints_incident_change", incident.pk
    )

    run, ask = "admin:complaints_incident_run", "admin:complaints_incident_ask"
    post(client, run, incident.pk, "join", case=[case.pk, barred.pk])
    assert incident.members.count() == 2
    Complaint.objects.filter(pk=barred.pk).update(barrier=Barrier.values[1])
    shown = page(client, ONE, incident.pk)
    assert case.reference in shown
    assert barred.reference not in shown
    assert "1 more is not yours to see" in shown

    finding = {
        "outcome": "upheld",
        "finding": "upheld",
        "cause": "software_fault",
        "exchange_share": "100",
        "en-summary": "You get {amount}.",
        "en-reasons": "It failed.",
    }
    assert post(client, ask, incident.pk, "finding", **finding) == 302
    money = {"asset": "USDT", "rate": "1", f"a{case.pk}": "12.5"}
    assert post(client, AMOUNTS, incident.pk, **money) == 302
    client.force_login(people.security)
    assert post(client, run, incident.pk, "answer", case=[case.pk]) == 302
    case.refresh_from_db()
    assert case.state == "in_review"
    assert post(client, ask, incident.pk, "close") == 403

    client.force_login(people.security_lead)
    ending = {"cause": "software_fault", "nature": "systemic", "lesson": "Watch it."}
    refused = client.post(reverse(ask, args=(incident.pk, "close")), ending)
    assert refused.status_code == 422
    assert "no answer yet" in refused.content.decode()
    assert "Watch it." in refused.content.decode()


@pytest.fixture
def proposed(people: People) -> tuple[Incident, list[Complaint]]:
    """Two cases of one incident: the first is proposed as the shared finding made it,
    the second by the lead, who wrote in it."""
    lead = people.security_lead
    rows = [cases.at(people, "investigating"), cases.at(people, "investigating")]
    incident = open_incident(
        title="Holds failed",
        team=Team.objects.get(code="security"),
        scope=Scope(since=timezone.now() - timedelta(days=1), asset="USDT"),
        actor=lead,
    )
    add_cases(incident=incident, cases=[case.pk for case in rows], actor=lead)
    incident_findings.set_finding(
        incident=incident,
        shared=incident_findings.Shared(
            outcome="upheld", finding="upheld", cause="software_fault"
        ),
        words={
            "en": incident_findings.Words(
                summary="You get {amount}.", reasons="It failed."
            )
        },
        actor=lead,
    )
    incident_amounts.set_amounts(
        incident=incident,
        amounts={case.pk: Decimal("12.5") for case in rows},
        asset="USDT",
        rate=Decimal(1),
        actor=lead,
    )
    return incident, rows


def test_part_of_a_claim_is_filled_in_where_it_is_in_the_asset_that_is_paid(
    people: People, client: Client, proposed: Any
) -> None:
    """Half a bitcoin is not half a tether."""
    incident, (one, other) = proposed
    Complaint.objects.filter(pk=one.pk).update(amount=Decimal("1.5"), asset="usdt")
    Complaint.objects.filter(pk=other.pk).update(amount=Decimal("0.5"), asset="BTC")
    IncidentCase.objects.update(amount=None, rate=None)
    client.force_login(people.security_lead)
    asked = reverse(AMOUNTS, args=(incident.pk,))

    def filled() -> tuple[str, str, str]:
        form = client.get(asked, {"percent": "50"}).context["form"]
        names = ("asset", f"a{one.pk}", f"a{other.pk}")
        return tuple(str(form[name].value() or "") for name in names)  # type: ignore[return-value]

    assert filled() == ("USDT", "0.75", "")
    Incident.objects.update(asset="")
    assert filled() == ("", "", "")
    Complaint.objects.filter(pk=other.pk).update(asset="USDT")
    assert filled() == ("USDT", "0.75", "0.25")


def test_signing_many_is_looked_at_first_and_each_answers_by_itself(
    people: People, client: Client, proposed: Any
) -> None:
    incident, (one, other) = proposed
    sign = reverse("admin:complaints_incident_run", args=(incident.pk, "sign"))
    chosen = {"case": [one.pk, other.pk]}
    client.force_login(people.security)
    answer = reverse("admin:complaints_incident_run", args=(incident.pk, "answer"))
    client.post(answer, chosen)
    assert SignOff.objects.count() == 0

    # Whoever proposed them reads why they do not sign them.
    own = client.post(sign, chosen)
    assert own.status_code == 200
    assert all(row.refusal is not None for row in own.context["rows"])

    client.force_login(people.security_lead)
    shown = client.post(sign, chosen)
    html = shown.content.decode()
    assert SignOff.objects.count() == 0
    assert html.count("12.50&nbsp;USDT") == 2
    assert "You get 12.50 USDT." in html
    assert [row.refusal for row in shown.context["rows"]] == [None, None]

    # One of them changes while the page is looked at.
    seen = [f"{row.case.pk}:{row.case.version}" for row in shown.context["rows"]]
    cases.perform(other, "return_decision", actor=people.security_lead, comment="No.")
    given = {"case": seen, "key": shown.context["key"]}
    for _press in range(2):
        done = client.post(sign, given)
        assert done.status_code == 302

    run = BulkRun.objects.get(act=incident_answers.SIGN)
    outcomes = {item["case"]: item["outcome"] for item in run.items}
    assert outcomes == {one.pk: "done", other.pk: "refused"}
    signed = SignOff.objects.values_list("decision__complaint", "signer")
    assert list(signed) == [(one.pk, people.security_lead.pk)]


def test_signing_many_shows_what_somebody_wrote_otherwise(
    people: People, client: Client, proposed: Any
) -> None:
    incident, (one, other) = proposed
    client.force_login(people.security)
    answer = reverse("admin:complaints_incident_run", args=(incident.pk, "answer"))
    client.post(answer, {"case": [one.pk, other.pk]})
    cases.perform(other, "return_decision", actor=people.security_lead, comment="No.")
    decide.write_draft(complaint=other, actor=people.security, summary="My own words")
    cases.perform(other, "propose_decision", actor=people.security)

    client.force_login(people.security_lead)
    sign = reverse("admin:complaints_incident_run", args=(incident.pk, "sign"))
    shown = client.post(sign, {"case": [one.pk, other.pk]})

    refusals = {row.case.pk: row.refusal for row in shown.context["rows"]}
    assert refusals[one.pk] is None
    assert "sign it on its page" in str(refusals[other.pk].words)


def test_others_meet_no_page_of_it(people: People, client: Client) -> None:
    client.force_login(people.security_lead)
    post(
        client,
        "admin:complaints_incident_new",
        title="Ours alone",
        team=Team.objects.get(code="security").pk,
        since="2026-11-01T10:00",
    )
    incident = Incident.objects.get()
    client.force_login(people.risk_lead)

    assert "Ours alone" not in page(client, LIST)
    for name, args in (("change", ()), ("ask", ("close",)), ("amounts", ())):
        url = reverse(f"admin:complaints_incident_{name}", args=(incident.pk, *args))
        assert client.get(url).status_code == 404
    run = "admin:complaints_incident_run"
    assert post(client, run, incident.pk, "join", case=[1]) == 404


def test_action_from_plan_to_done(people: People, client: Client) -> None:
    client.force_login(people.security_lead)
    plan = {
        "team": Team.objects.get(code="security").pk,
        "title": "Probe",
        "text": "Withdraw each hour",
        "cause": "software_fault",
        "owner": people.tech.pk,
        "due_on": timezone.localdate() + timedelta(days=20),
    }
    assert post(client, "admin:complaints_improvementaction_new", **plan) == 302
    action = ImprovementAction.objects.get()
    assert "Probe" in page(client, "admin:complaints_improvementaction_changelist")
    do = "admin:complaints_improvementaction_do"

    client.force_login(people.tech)
    assert post(client, do, action.pk, "finish", words=" ") == 422
    assert post(client, do, action.pk, "finish", words="It runs") == 302
    shown = page(client, "admin:complaints_improvementaction_change", action.pk)
    assert "It can be told from" in shown
    client.force_login(people.security_lead)
    assert post(client, do, action.pk, "verify") == 409
    client.force_login(people.risk)
    assert post(client, do, action.pk, "drop", words="No") == 404


def test_causes_by_number(people: People, client: Client) -> None:
    cases.at(people, "closed")
    causes = "admin:complaints_improvementaction_causes"
    client.force_login(people.security)
    assert client.get(reverse(causes)).status_code == 403
    client.force_login(people.security_lead)

    shown = page(client, causes)

    assert "A rule was not followed" in shown
    assert "?cause=process_not_followed" in shown
    assert "1 case was closed or refused" in shown
    assert "No case that you may see" in page(client, causes, to="2020-01-01")


def test_page_asks_as_often_for_three_cases_as_for_one(
    people: People, client: Client
) -> None:
    incident = open_incident(
        title="Holds failed",
        team=Team.objects.get(code="security"),
        scope=Scope(since=timezone.now() - timedelta(days=1), asset="USDT"),
        actor=people.security_lead,
    )
    client.force_login(people.security_lead)

    def asked(members: int) -> int:
        rows = [cases.at(people, "assigned") for _number in range(2 * members)]
        keys = [case.pk for case in rows[:members]]
        add_cases(incident=incident, cases=keys, actor=people.security_lead)
        with CaptureQueriesContext(connection) as queries:
            shown = page(client, ONE, incident.pk)
        assert all(case.reference in shown for case in rows)
        return len(queries)

    page(client, ONE, incident.pk)
    assert asked(1) == asked(3)
