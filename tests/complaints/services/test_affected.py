"""Customers who were hit and did not complain: found at the exchange, told once."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone

from appeals.demo.standins.exchange import Exchange
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.models import AffectedAccount, Event, Incident, Outbox
from complaints.services import affected
from complaints.services.incident_members import add_cases
from complaints.services.incidents import Scope, open_incident
from teams.models import Team, User
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(settings: Any) -> Iterator[Exchange]:
    server = Exchange("a key of the exchange")
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    settings.EXCHANGE_URL, settings.EXCHANGE_KEY = server.url, server.key
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def incident(people: People) -> Incident:
    return open_incident(
        title="Withdrawals taken twice",
        team=Team.objects.get(code="security"),
        scope=Scope(since=timezone.now() - timedelta(days=3), asset="USDT"),
        actor=people.security_lead,
    )


def test_found_without_those_who_complained_and_told_once(
    people: People, incident: Incident, theirs: Exchange
) -> None:
    known = User.objects.get(pk=people.other_customer.pk)
    User.objects.filter(pk=people.customer.pk).update(account_id="40000900")
    User.objects.filter(pk=known.pk).update(account_id="40000901", language="zh-hans")
    case = cases.at(people, "assigned")
    lead = people.security_lead
    add_cases(incident=incident, cases=[case.pk], actor=lead)

    assert affected.search(incident=incident, actor=lead) == 11
    assert affected.search(incident=incident, actor=lead) == 0
    assert affected.tell(incident=incident, actor=lead) == 11
    assert affected.tell(incident=incident, actor=lead) == 0

    rows = Outbox.objects.filter(kind="outreach")
    assert rows.count() == rows.values("recipient").distinct().count() == 11
    mine = rows.get(recipient=known.email)
    assert mine.subject == "您的账户受到影响，请查看"
    assert not rows.filter(recipient=people.customer.email).exists()
    theirs_row = rows.get(recipient="account-40000902@customers.example")
    assert "USDT" in theirs_row.body
    told = Event.objects.filter(stream=incident.stream, what="affected_told")
    assert told.count() == 11


def test_exchange_that_is_silent_leaves_everything_as_it_is(
    people: People, incident: Incident, theirs: Exchange
) -> None:
    lead = people.security_lead
    theirs.answer = (503, b"")
    with pytest.raises(IllegalMove):
        affected.search(incident=incident, actor=lead)
    theirs.answer = None
    affected.search(incident=incident, actor=lead)
    theirs.answer = (503, b"")

    assert affected.tell(incident=incident, actor=lead) == 0
    assert AffectedAccount.objects.filter(told_at=None).count() == 12
    assert not Outbox.objects.filter(kind="outreach").exists()


def test_who_asks_and_for_what(people: People, incident: Incident) -> None:
    with pytest.raises(NotPermitted):
        affected.search(incident=incident, actor=people.security)
    Incident.objects.filter(pk=incident.pk).update(asset="")
    incident.refresh_from_db()
    with pytest.raises(InvalidInput):
        affected.search(incident=incident, actor=people.security_lead)


def test_forgotten_after_their_time(people: People, incident: Incident) -> None:
    """The account, and the address in the notice that went out."""
    now = timezone.now()
    row = incident.affected.create(account="1", found_at=now, told_at=now)
    key = f"outreach:{incident.pk}:{row.pk}"
    columns = {"kind": "outreach", "recipient": "a@b.example", "status": "sent"}
    Outbox.objects.create(key=key, due_at=now, created_at=now, **columns)
    assert affected.forget_old(now=now + timedelta(days=400)) == 0
    closed = {"closed_at": now, "closed_by": people.security_lead}
    Incident.objects.filter(pk=incident.pk).update(**closed)

    assert affected.forget_old(now=now + timedelta(days=89)) == 0
    assert affected.forget_old(now=now + timedelta(days=91)) == 1
    assert Outbox.objects.get(key=key).recipient == ""
