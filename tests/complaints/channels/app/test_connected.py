"""Apps that customers let in: seen by them, ended by them, ended for everybody."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as App
from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils import timezone

from complaints.channels.app import connected
from complaints.channels.app.models import Delivery, Endpoint
from complaints.channels.app.tokens import READ, WRITE
from complaints.errors import NotPermitted
from complaints.models import Event
from complaints.services.relay import relay_due
from teams.models import User
from tests import cases
from tests.people import People

PAGE = "/accounts/apps/"


@pytest.fixture
def app(db: None) -> App:
    return App.objects.create(id="phone", name="Exchange app", type=App.Type.PUBLIC)


def let_in(app: App, user: User, *scopes: str, minutes: int = 15) -> Token:
    token = Token(
        type=Token.Type.ACCESS_TOKEN,
        client=app,
        user=user,
        hash=f"{app.pk}-{user.pk}-{minutes}-{len(scopes)}",
        expires_at=timezone.now() + timedelta(minutes=minutes),
    )
    token.set_scopes(list(scopes))
    token.save()
    return token


def endpoint(app: App | None, name: str) -> Endpoint:
    made = Endpoint(name=name, url="https://hooks.exchange.test/", client=app)
    made.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made.save()
    return made


def told(endpoint: Endpoint) -> int:
    rows = Delivery.objects.filter(recipient=f"webhook {endpoint.pk}")
    return rows.filter(subject="complaint.filed").count()


def test_customer_sees_and_ends_one_of_their_apps(
    people: People, app: App, client: Client
) -> None:
    other = App.objects.create(id="tax", name="<b>Tax</b>", type=App.Type.PUBLIC)
    for each in (app, other):
        let_in(each, people.customer, READ, WRITE)
    theirs = let_in(app, people.other_customer, READ)
    let_in(
        App.objects.create(id="old", name="Old app"), people.customer, READ, minutes=-1
    )
    client.force_login(people.customer)
    page = client.get(PAGE).content.decode()

    assert "Exchange app" in page
    assert "&lt;b&gt;Tax" in page
    assert "Old app" not in page
    answer = client.post(PAGE, {"end": "phone"}, follow=True)
    assert "The app may do nothing for you any more." in answer.content.decode()
    assert [one.client for one in connected.connected(people.customer)] == [other]
    assert list(Token.objects.filter(client=app)) == [theirs]
    event = Event.objects.get(what="app_ended")
    assert (event.actor, event.payload) == (people.customer, {"app": "phone"})


@pytest.mark.parametrize("end", ["phone", "none", "", "\0", "x" * 300])
def test_nobody_ends_what_is_not_theirs(
    people: People, app: App, client: Client, end: str
) -> None:
    let_in(app, people.other_customer, READ)
    client.force_login(people.customer)

    assert client.post(PAGE, {"end": end}).status_code == 404
    assert Token.objects.count() == 1
    assert Client().get(PAGE).status_code == 302


def test_app_hears_of_customers_who_let_it_read_and_of_no_others(
    people: People, app: App
) -> None:
    own, backend = endpoint(app, "app"), endpoint(None, "backend")
    cases.filed(people)
    let_in(app, people.customer, WRITE)
    cases.filed(people)
    assert (told(own), told(backend)) == (0, 2)
    let_in(app, people.customer, READ, WRITE)
    cases.filed(people)
    assert (told(own), told(backend)) == (1, 3)


def test_calls_stop_once_the_customer_ended_the_app(people: People, app: App) -> None:
    own = endpoint(app, "app")
    let_in(app, people.customer, READ)
    cases.filed(people)
    assert told(own) == 1
    connected.end_for(client_id="phone", user=people.customer)
    cases.filed(people)
    relay_due()

    assert told(own) == 1
    row = Delivery.objects.filter(subject="complaint.filed").get()
    assert (row.status, row.attempts) == ("dead", 1)
    assert "ended the app" in row.error


def test_superuser_ends_an_app_for_everybody(
    people: People, app: App, client: Client
) -> None:
    own, backend = endpoint(app, "app"), endpoint(None, "backend")
    for user in (people.customer, people.other_customer):
        let_in(app, user, READ)
    client.force_login(people.admin)
    page = f"/admin/allauth_idp_oidc/client/{app.pk}/change/"
    address = f"/admin/allauth_idp_oidc/client/{app.pk}/end/"
    assert address in client.get(page).content.decode()
    assert client.get(address).status_code == 403
    said = client.post(address, follow=True).content.decode()

    assert "2 customers had let it in" in said
    assert not Token.objects.exists()
    own.refresh_from_db()
    backend.refresh_from_db()
    assert (own.active, own.stopped_for, backend.active) == (
        False,
        connected.ENDED,
        True,
    )
    assert Event.objects.get(what="app_ended_for_all").actor == people.admin


def test_nobody_else_ends_it(people: People, app: App, client: Client) -> None:
    let_in(app, people.customer, READ)
    client.force_login(people.head)
    address = f"/admin/allauth_idp_oidc/client/{app.pk}/end/"
    assert client.post(address).status_code in (302, 403)
    with pytest.raises(NotPermitted):
        connected.end_for_all(client=app, actor=people.head)
    assert Token.objects.count() == 1


def test_app_that_is_deleted_takes_its_webhooks_along(people: People, app: App) -> None:
    """Left without its app, one would hear of everybody."""
    endpoint(app, "app")
    backend: Any = endpoint(None, "backend")
    app.delete()
    assert list(Endpoint.objects.all()) == [backend]
