"""Many cases at once: the preview, its answers, and what neither may tell."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.models import BulkRun, Complaint, Event
from tests import cases
from tests.complaints.admin.test_queue import LIST
from tests.people import People

pytestmark = pytest.mark.django_db
BULK = f"{LIST}bulk/"


def test_look_first_then_do_it_then_read_the_answers(
    people: People, client: Client
) -> None:
    case, closed = cases.at(people, "assigned"), cases.at(people, "closed")
    client.force_login(people.security_lead)
    chosen = {"act": "assign", "case": [case.pk, closed.pk], "back": "view=all&q=x"}
    before = Event.objects.count()

    page = client.get(BULK, chosen)
    html = page.content.decode()
    assert html.count("This is not possible in the present state of the case.") == 1
    assert (Event.objects.count(), BulkRun.objects.count()) == (before, 0)
    form = {
        **chosen,
        "case": [f"{case.pk}:{case.version}", f"{closed.pk}:{closed.version}"],
        "key": page.context["key"],
        "handler": people.security.pk,
    }
    assert client.post(BULK, {**form, "handler": ""}).status_code == 422
    done = client.post(BULK, form)
    twice = client.post(BULK, form)

    assert done["Location"] == twice["Location"]
    assert BulkRun.objects.count() == 1
    answers = client.get(done["Location"])
    rows = {row["reference"]: row["outcome"] for row in answers.context["rows"]}
    assert rows == {case.reference: "done", closed.reference: "refused"}
    assert answers.context["sums"] == "1 done, 0 were so already, 1 not done."
    client.force_login(people.security)
    assert client.get(done["Location"]).status_code == 404


def test_case_of_others_is_neither_shown_nor_done(
    people: People, client: Client
) -> None:
    mine, hidden = cases.at(people, "assigned"), cases.at(people, "assigned")
    Complaint.objects.filter(pk=hidden.pk).update(barrier="insider")
    client.force_login(people.security)
    chosen = {"act": "tag", "case": [f"{mine.pk}:1", f"{hidden.pk}:1"], "name": "A"}

    page = client.get(BULK, chosen)
    assert hidden.reference not in page.content.decode()
    assert page.context["missing"] == 1
    answers = client.post(BULK, chosen, follow=True)
    assert [row["case"] for row in answers.context["rows"]] == [mine.pk]
    Complaint.objects.filter(pk=mine.pk).update(barrier="insider")
    again = client.get(answers.redirect_chain[-1][0])
    assert mine.reference not in again.content.decode()


def test_case_that_changed_after_the_preview_is_not_touched(
    people: People, client: Client
) -> None:
    case = cases.at(people, "assigned")
    client.force_login(people.security_lead)
    form = {"act": "assign", "handler": people.security.pk}
    for pair in (f"{case.pk}:{case.version - 1}", str(case.pk)):
        answers = client.post(BULK, {**form, "case": pair}, follow=True)
        assert [row["outcome"] for row in answers.context["rows"]] == ["refused"]
    case.refresh_from_db()
    assert case.handler is None


def test_preview_costs_the_same_for_one_and_for_many(
    people: People, client: Client
) -> None:
    made = [cases.at(people, "assigned") for _n in range(4)]
    client.force_login(people.security_lead)
    for act in ("assign", "reroute", "tag", "merge"):
        spent = []
        for number in (1, 4):
            chosen = {"act": act, "case": [case.pk for case in made[:number]]}
            client.get(BULK, chosen)
            with CaptureQueriesContext(connection) as caught:
                assert client.get(BULK, chosen).status_code == 200
            spent.append(len(caught))
        assert len(set(spent)) == 1, (act, spent)


@pytest.mark.parametrize("query", ["", "act=close&case=1", "act=tag", "act=tag&case=x"])
def test_what_is_no_choice_does_nothing(
    people: People, client: Client, query: str
) -> None:
    client.force_login(people.security)
    assert client.get(f"{BULK}?{query}").status_code in (302, 404)
    client.force_login(people.head)
    assert client.get(f"{BULK}?{query}").status_code == 403
