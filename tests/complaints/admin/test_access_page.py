"""The head looks at who can see what; nobody judges their own access."""

import csv
import io

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import Event
from teams.models import Membership
from tests.people import People

pytestmark = pytest.mark.django_db

PAGE = "/admin/complaints/complaint/access/"


def test_only_the_head_and_superusers_come_in(people: People, client: Client) -> None:
    inside = {"head", "admin"}
    for name, user in people.all().items():
        if name in ("customer", "other_customer", "outsider"):
            continue
        client.force_login(user)
        wanted = 200 if name in inside else 403
        assert client.get(PAGE).status_code == wanted, name
        exported = client.post(f"{PAGE}export/").status_code
        assert exported == wanted, name


def test_confirm_and_revoke_are_kept_and_work(people: People, client: Client) -> None:
    theirs = Client()
    theirs.force_login(people.risk)
    client.force_login(people.head)
    kept, lost = people.tech.memberships.get(), people.risk.memberships.get()
    assert (
        client.post(PAGE, {"membership": kept.pk, "do": "confirm"}).status_code == 302
    )
    assert client.post(PAGE, {"membership": lost.pk, "do": "revoke"}).status_code == 302
    kept.refresh_from_db()
    assert kept.confirmed_by == people.head
    assert not Membership.objects.filter(pk=lost.pk).exists()
    assert theirs.get("/admin/complaints/complaint/").status_code == 302
    revoked = Event.objects.get(what="membership_revoked")
    assert (revoked.actor, revoked.payload["user"]) == (people.head, people.risk.pk)


@pytest.mark.parametrize("do", ["confirm", "revoke"])
def test_nobody_judges_their_own_access(
    people: People, client: Client, do: str
) -> None:
    client.force_login(people.head)
    own = people.head.memberships.get()
    assert client.post(PAGE, {"membership": own.pk, "do": do}).status_code == 403
    own.refresh_from_db()
    assert own.confirmed_at is None


def test_the_export_runs_nothing_and_is_on_record(
    people: People, client: Client
) -> None:
    people.risk.first_name = "=1+1"
    people.risk.save()
    client.force_login(people.head)
    answer = client.post(f"{PAGE}export/")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    named = {row[0]: row for row in rows}
    assert named["risk"][1].startswith("'=1+1")
    assert len(rows) == 2 + Membership.objects.live(timezone.now()).count()
    event = Event.objects.get(what="access_exported")
    assert event.payload["rows"] == len(rows) - 1


def test_queries_do_not_grow_with_people(people: People, client: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(people.head)
    numbers = []
    for query in ("?team=tech", "", "?due=1"):
        client.get(PAGE + query)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(PAGE + query).status_code == 200
        numbers.append(len(seen))
    assert len(set(numbers)) == 1
