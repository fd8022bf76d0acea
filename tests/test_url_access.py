"""Every address, called by everybody it is not for, with keys of a case not theirs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from complaints.models import Event
from tests.access_matrix import ACCESS, Rule, Who
from tests.few import few
from tests.people import People
from tests.url_walk import (
    SECRET,
    Caller,
    Route,
    Victim,
    is_refused,
    make_victim,
    routes,
    text_of,
    url_of,
    writes,
)

ROUTES = routes()
METHODS = ("GET", "POST", "FORM")
MORE_METHODS = (*METHODS, "PUT", "DELETE")
"""For programs; a page that takes forms knows no other method (see the drill)."""
PROGRAMS = ("api/", "hooks/", "embed/")
STRANGERS = ("other_customer", "outsider", "tech", "risk_lead")
"""Signed in, and the case is none of theirs: two customers, staff of other teams."""


QUICK = ("nobody", "tech")
"""Without an account, on another team; the drills walk everybody
else, whose claims are those of one of these or are held by tests of their
own (``complaints/admin/test_isolation.py``)."""


@dataclass(frozen=True)
class Answer:
    """What came of one request, and what it wrote."""

    url: str
    response: Any
    body: str
    written: tuple[str, ...]

    @property
    def is_refused(self) -> bool:
        return is_refused(self.response, self.url)

    @property
    def reads(self) -> bool:
        return SECRET in self.body.lower()


@dataclass(frozen=True)
class Claim:
    """What holds of every answer of the routes with such a rule."""

    name: str
    of: Callable[[Rule], bool]
    holds: Callable[[Answer], bool]


def _refused(answer: Answer) -> bool:
    return answer.is_refused and not answer.reads and not answer.written


def _is(*who: Who) -> Callable[[Rule], bool]:
    return lambda rule: rule.who in who


def _is_not(*who: Who) -> Callable[[Rule], bool]:
    return lambda rule: rule.who not in who


NO_ENTRY = Claim("nobody comes in", _is_not(Who.PUBLIC), _refused)
NO_CASE = Claim("no case of others", lambda rule: rule.is_of_case, _refused)
NO_LIST = Claim(
    "lists hold nothing of it",
    _is(Who.PUBLIC, Who.SELF, Who.DESK),
    lambda answer: not answer.reads and answer.response.status_code < 500,
)
NO_CONFIGURATION = Claim(
    "configuration is the superusers' alone",
    _is(Who.SUPERUSER),
    lambda answer: answer.is_refused and not answer.written,
)
NO_DESK = Claim("the desk is closed", _is(Who.DESK, Who.STAFF), _refused)
NO_SECRET = Claim(
    "nothing of a case is read",
    _is_not(Who.SUPERUSER, Who.MACHINE),
    lambda answer: not answer.reads,
)
NO_PAGE = Claim(
    "no case opens",
    lambda rule: rule.is_of_case,
    lambda answer: answer.response.status_code != 200 or answer.is_refused,
)
NO_FAULT = Claim(
    "nothing falls over",
    _is_not(Who.MACHINE),
    lambda answer: answer.response.status_code < 500,
)

CLAIMS: dict[str, tuple[Claim, ...]] = {
    "nobody": (NO_ENTRY,),
    "other_customer": (NO_CASE, NO_LIST, NO_CONFIGURATION),
    "outsider": (NO_CASE, NO_LIST, NO_CONFIGURATION),
    "tech": (NO_CASE, NO_LIST),
    "risk_lead": (NO_CASE, NO_LIST),
    "support": (NO_CONFIGURATION,),
    "customer": (NO_DESK, NO_FAULT),
    "security": (NO_CONFIGURATION, NO_FAULT),
    # Configuration is theirs; a case only by break-glass, which is on the ledger.
    "admin": (NO_SECRET, NO_PAGE, NO_FAULT),
}
"""By person. One walk each over the routes that any of the claims is about: those of
the first claim first, so that what is refused is asked before anything is changed."""


def _rule(route: Route) -> Rule:
    """A route that nobody entered yet is held to be of one case.

    The old address of a row in the admin only leads to the page of that row.
    """
    name, parts = route.name, route.pattern.split("/")
    if name == "admin:-" and len(parts) > 3:
        name = f"admin:{parts[1]}_{parts[2]}_change"
    return ACCESS.get(name, Rule(Who.CASE))


@pytest.fixture
def victim(people: People) -> Victim:
    return make_victim(people)


def _in_order(claims: tuple[Claim, ...]) -> list[Route]:
    asked = [r for r in ROUTES if any(claim.of(_rule(r)) for claim in claims)]
    return sorted(asked, key=lambda route: not claims[0].of(_rule(route)))


def _each(
    caller: Caller, route: Route, methods: tuple[str, ...] = ()
) -> Iterator[tuple[str, Answer]]:
    """Call the route by each method; what only leads elsewhere is of no method."""
    url = url_of(route, caller.victim)
    of_programs = route.pattern.startswith(PROGRAMS)
    for method in methods or (MORE_METHODS if of_programs else METHODS):
        with writes() as written:
            response = caller.call(method, url)
            body = text_of(response)
        if route.name != "admin:-" or method == "GET":
            yield method, Answer(url, response, body, tuple(written))


@pytest.mark.parametrize("name", few(list(CLAIMS), *QUICK))
def test_everybody_comes_as_far_as_the_rule(
    name: str, people: People, victim: Victim
) -> None:
    """A foreign key in path, query, form, JSON and list: 403 or 404 and no write."""
    _walk_as(name, people, victim)


@pytest.mark.drill
@pytest.mark.parametrize("name", CLAIMS)
def test_no_other_method_comes_further(
    name: str, people: People, victim: Victim
) -> None:
    _walk_as(name, people, victim, ("PUT", "PATCH", "DELETE", "OPTIONS"))


def _walk_as(
    name: str, people: People, victim: Victim, methods: tuple[str, ...] = ()
) -> None:
    claims, before, holes = CLAIMS[name], _heads(), []
    caller = Caller(victim, getattr(people, name, None))
    for route in _in_order(claims):
        for method, answer in _each(caller, route, methods):
            code, written = answer.response.status_code, answer.written
            holes += [
                (claim.name, method, answer.url, code, answer.reads, written)
                for claim in claims
                if claim.of(_rule(route)) and not claim.holds(answer)
            ]

    assert not holes, _lines(holes)
    if name in STRANGERS:
        assert _of(victim, _heads()) == _of(victim, before)


def test_every_route_has_a_rule() -> None:
    named = {route.name for route in ROUTES}

    assert named - set(ACCESS) == set()


def test_every_rule_is_of_a_route() -> None:
    assert set(ACCESS) - {route.name for route in ROUTES} == set()


@pytest.mark.parametrize("who", few(["insider", "nobody", "admin"], "insider"))
def test_reading_works_changes_nothing_and_has_the_policy(
    who: str, people: People, victim: Victim
) -> None:
    """The keys of this module are right ones: those whose case it is come in.

    Reading may be noted on the ledger of reads, and nothing else is written.
    """
    before, holes = _heads(), []
    callers: dict[str, Caller] = {}
    for route in ROUTES:
        name = _rule(route).insider if who == "insider" else who
        if not name:
            continue  # "nobody" is asked for all.
        caller = callers.setdefault(name, Caller(victim, getattr(people, name, None)))
        holes += [(name, route.name, hole) for hole in _read(caller, route, who)]

    assert not holes, _lines(holes)
    assert _heads() == before


def _read(caller: Caller, route: Route, who: str) -> Iterator[Any]:
    url = url_of(route, caller.victim)
    with writes() as written:
        first = caller.client.get(url)
        text_of(first)
        moved = first.status_code in range(300, 400)
        last = caller.client.get(url, follow=True) if moved else first
        if moved:
            text_of(last)
    if other := [sql for sql in written if not _is_of_reads(sql)]:
        yield "changed", other
    policy = first.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield "bare", first.status_code, policy
    if who == "insider" and last.status_code != 200:
        yield "shut", url, last.status_code


def _heads() -> dict[str, str]:
    """Where every stream stands, but those of reading; so is looking at figures."""
    events = Event.objects.exclude(stream__startswith="reads:")
    rows = events.exclude(what="figures_viewed").order_by("stream", "seq")
    return dict(rows.values_list("stream", "sha256"))


def _of(victim: Victim, heads: dict[str, str]) -> str:
    return heads[victim.case.stream]


def _is_of_reads(sql: str) -> bool:
    return any(f"complaints_{name}" in sql for name in ("event", "stream"))


def _lines(found: list[Any]) -> str:
    return "\n" + "\n".join(map(str, found))
