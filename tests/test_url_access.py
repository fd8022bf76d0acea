"""Every address, called by everybody it is not for, with keys of a case not theirs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Exists, OuterRef, Q
from django.test import Client

from complaints.models import Event, Stream
from tests.access_matrix import ACCESS, Rule, Who
from tests.people import People
from tests.url_walk import (
    SECRET,
    Route,
    Victim,
    call,
    is_refused,
    make_victim,
    routes,
    text_of,
    url_of,
    writes,
)

ROUTES = routes()
METHODS = ("GET", "POST", "FORM", "PUT", "DELETE")
STRANGERS = ("other_customer", "outsider", "tech", "risk_lead")
"""Signed in, and the case is none of theirs: two customers, staff of other teams."""


def _rule(route: Route) -> Rule:
    """A route that nobody entered yet is held to be of one case."""
    return ACCESS.get(route.name, Rule(Who.CASE))


@pytest.fixture
def victim(people: People) -> Victim:
    return make_victim(people)


def _client(user: Any = None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def _each(
    client: Client, victim: Victim, chosen: Callable[[Rule], bool]
) -> list[tuple[Route, str, Any, str, list[str]]]:
    """Call each chosen route by each method; what came, and what it wrote."""
    found = []
    for route in ROUTES:
        if not chosen(_rule(route)):
            continue
        url = url_of(route, victim)
        for method in METHODS:
            http = "POST" if method == "FORM" else method
            with writes() as written:
                answer = call(client, http, url, victim, form=method == "FORM")
                body = text_of(answer)
            if route.name == "admin:-" and method != "GET":
                continue  # an old address that only leads to the page of the row
            found.append((route, f"{method} {url}", answer, body, list(written)))
    return found


def test_every_route_has_a_rule() -> None:
    named = {route.name for route in ROUTES}

    assert named - set(ACCESS) == set()


def test_every_rule_is_of_a_route() -> None:
    assert set(ACCESS) - {route.name for route in ROUTES} == set()


def test_nobody_gets_nothing(victim: Victim) -> None:
    """Without signing in: sent to a door or refused, nothing read, nothing written."""
    holes = []
    for _route, what, answer, body, written in _each(
        _client(), victim, lambda rule: rule.who != Who.PUBLIC
    ):
        _url = what.partition(" ")[2]
        if not is_refused(answer, _url) or SECRET in body.lower() or written:
            holes.append((what, answer.status_code, SECRET in body.lower(), written))

    assert not holes, _lines(holes)


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_reach_no_case(name: str, people: People, victim: Victim) -> None:
    """A foreign key in path, query, form, JSON and list: 403 or 404 and no write."""
    client, holes = _client(getattr(people, name)), []
    for _route, what, answer, body, written in _each(
        client, victim, lambda rule: rule.is_of_case
    ):
        _url = what.partition(" ")[2]
        if not is_refused(answer, _url) or SECRET in body.lower() or written:
            holes.append((what, answer.status_code, SECRET in body.lower(), written))

    assert not holes, _lines(holes)


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_read_nothing_from_lists(
    name: str, people: People, victim: Victim
) -> None:
    """What is for everybody, or for all staff, holds nothing of a case not theirs."""
    client, before = _client(getattr(people, name)), _heads()
    holes = [
        (what, answer.status_code)
        for _route, what, answer, body, _written in _each(
            client,
            victim,
            lambda rule: rule.who in (Who.PUBLIC, Who.SELF, Who.DESK),
        )
        if SECRET in body.lower() or answer.status_code >= 500
    ]

    assert not holes, _lines(holes)
    assert _of(victim, _heads()) == _of(victim, before)


@pytest.mark.parametrize("name", ["other_customer", "outsider", "security", "support"])
def test_configuration_is_the_superusers_alone(
    name: str, people: People, victim: Victim
) -> None:
    client, holes = _client(getattr(people, name)), []
    for _route, what, answer, _body, written in _each(
        client, victim, lambda rule: rule.who == Who.SUPERUSER
    ):
        if not is_refused(answer, what.partition(" ")[2]) or written:
            holes.append((what, answer.status_code, written))

    assert not holes, _lines(holes)


def test_desk_is_closed_to_customers(people: People, victim: Victim) -> None:
    client, holes = _client(people.customer), []
    for route, what, answer, body, written in _each(
        client, victim, lambda rule: rule.who in (Who.DESK, Who.STAFF)
    ):
        refused = is_refused(answer, what.partition(" ")[2])
        if not refused or SECRET in body.lower() or written:
            holes.append((route.name, what, answer.status_code, written))

    assert not holes, _lines(holes)


def test_superuser_sees_no_case(people: People, victim: Victim) -> None:
    """Configuration is theirs; a case only by break-glass, which is on the ledger."""
    client, holes = _client(people.admin), []
    for route, what, answer, body, _written in _each(
        client, victim, lambda rule: rule.who not in (Who.SUPERUSER, Who.MACHINE)
    ):
        reads = SECRET in body.lower()
        opened = _rule(route).is_of_case and answer.status_code == 200
        if reads or (opened and not is_refused(answer, what.partition(" ")[2])):
            holes.append((what, answer.status_code, reads))

    assert not holes, _lines(holes)


def test_insiders_get_their_pages(people: People, victim: Victim) -> None:
    """The keys of this test are right ones: those whose case it is come in."""
    shut = []
    for route in ROUTES:
        insider = _rule(route).insider
        if not insider:
            continue
        url = url_of(route, victim)
        answer = _client(getattr(people, insider)).get(url, follow=True)
        text_of(answer)
        if answer.status_code != 200:
            shut.append((insider, route.name, url, answer.status_code))

    assert not shut, _lines(shut)


def test_get_changes_nothing(people: People, victim: Victim) -> None:
    """Reading may be noted on the ledger of reads, and nothing else is written."""
    before, changed = _heads(), []
    for route in ROUTES:
        insider = _rule(route).insider
        user = getattr(people, insider) if insider else None
        for who in {user, None, people.admin}:
            client = _client(who)
            with writes() as written:
                text_of(client.get(url_of(route, victim), follow=True))
            other = [sql for sql in written if not _is_of_reads(sql)]
            if other:
                changed.append((str(who), route.name, other))

    assert not changed, _lines(changed)
    assert _heads() == before


def test_every_answer_has_the_policy(people: People, victim: Victim) -> None:
    bare = []
    for route in ROUTES:
        insider = _rule(route).insider
        user = getattr(people, insider) if insider else None
        for who in {user, None, people.admin}:
            answer = _client(who).get(url_of(route, victim))
            text_of(answer)
            policy = answer.headers.get("Content-Security-Policy", "")
            if "default-src 'none'" not in policy or "unsafe" in policy:
                bare.append((str(who), route.name, answer.status_code, policy))

    assert not bare, _lines(bare)


def test_no_answer_is_our_fault(people: People, victim: Victim) -> None:
    """No method with any of these keys makes anything fall over."""
    for user in (people.customer, people.security, people.admin):
        fallen = [
            (what, answer.status_code)
            for _route, what, answer, _body, _written in _each(
                _client(user), victim, lambda rule: rule.who != Who.MACHINE
            )
            if answer.status_code >= 500
        ]
        assert not fallen, _lines(fallen)


def _heads() -> dict[str, str]:
    """Where every stream stands, but those of reading.

    The desk's stream of a day is left out where it holds views of figures alone.
    """
    others = Event.objects.filter(stream=OuterRef("name")).exclude(
        what="figures_viewed"
    )
    rows = Stream.objects.exclude(name__startswith="reads:").exclude(
        Q(name__startswith="desk:") & ~Exists(others)
    )
    return dict(rows.values_list("name", "head"))


def _of(victim: Victim, heads: dict[str, str]) -> str:
    return heads[victim.case.stream]


def _is_of_reads(sql: str) -> bool:
    return any(f"complaints_{name}" in sql for name in ("event", "stream"))


def _lines(found: list[Any]) -> str:
    return "\n" + "\n".join(map(str, found))
