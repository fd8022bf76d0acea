"""Root causes: a list of the house, asked for at closing, kept on the event."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from complaints.errors import GuardRefused, InvalidInput
from complaints.models import Complaint, Event, RootCause
from complaints.reference import CAUSES, install
from complaints.services import decide
from complaints.states import Cause, CauseScope
from complaints.workflow import perform
from teams.system import system_actor
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


def closing_of(case: Complaint) -> dict[str, Any]:
    event = Event.objects.get(stream=case.stream, what="close")
    return {name: event.payload[name] for name in ("cause", "cause_scope")}


def test_list_is_shipped_whole_and_what_was_changed_stays() -> None:
    RootCause.objects.filter(code="capacity").update(names={"en": "Too few of us"})
    install()

    rows = {row.code: row for row in RootCause.objects.all()}
    assert set(rows) == set(Cause) == {code for code, *_rest in CAUSES}
    assert rows["capacity"].label == "Too few of us"
    with override("zh-hans"):
        assert rows["supplier"].label == "供应商或网络"
        assert rows["capacity"].label == "Too few of us"


def test_closing_keeps_cause_of_the_decision_and_its_usual_nature(
    people: People,
) -> None:
    case = cases.at(people, "closed")

    assert closing_of(case) == {
        "cause": "process_not_followed",
        "cause_scope": "recurring",
    }


def test_person_says_the_nature_where_the_list_does_not(people: People) -> None:
    case = cases.at(people, "answered")
    perform(case, "accept", actor=people.customer)
    RootCause.objects.update(nature="")

    with pytest.raises(GuardRefused) as refused:
        perform(case, "close", actor=people.security_lead)
    assert [one.code for one in refused.value.refusals] == ["no_nature"]

    perform(case, "close", actor=people.security_lead, cause_scope="systemic")
    assert closing_of(case)["cause_scope"] == "systemic"


def test_scheduler_closes_all_the_same(people: People) -> None:
    case = cases.at(people, "answered")
    perform(case, "accept", actor=people.customer)
    RootCause.objects.update(nature="")

    perform(case, "close", actor=system_actor())

    assert closing_of(case)["cause_scope"] == CauseScope.SINGLE


def test_cause_off_the_list_is_taken_nowhere(people: People) -> None:
    case = cases.at(people, "investigating")
    with pytest.raises(InvalidInput):
        decide.write_draft(complaint=case, actor=people.security, cause="weather")
    decided = cases.at(people, "answered")
    perform(decided, "accept", actor=people.customer)
    RootCause.objects.filter(code="supplier").update(active=False)

    for cause in ("weather", "supplier"):
        with pytest.raises(GuardRefused) as refused:
            perform(decided, "close", actor=people.security_lead, cause=cause)
        assert [one.code for one in refused.value.refusals] == ["unknown_cause"]


def test_form_of_closing_offers_the_list_in_use(people: People, client: Client) -> None:
    case = cases.at(people, "answered")
    perform(case, "accept", actor=people.customer)
    RootCause.objects.filter(code="supplier").update(active=False)
    client.force_login(people.security_lead)
    url = reverse("admin:complaints_complaint_do", args=(case.pk, "close"))

    page = client.get(url).content.decode()

    assert '<option value="process_not_followed" selected>' in page
    assert 'value="software_fault"' in page
    assert 'value="supplier"' not in page
