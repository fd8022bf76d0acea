"""Every address of the desk by every role of ``design/workflow.md``: on a case of its
own team, of another, one it is consulted on, one that is over, and a barred one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from complaints.models import Alarm, CaseAccess, Complaint
from complaints.services import barriers
from complaints.services.consult import consult
from complaints.states import FINAL_STATES
from complaints.workflow import perform
from teams.models import Team, User
from tests.access_matrix import ACCESS, Who
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
)

pytestmark = [pytest.mark.drill, pytest.mark.django_db]

NONE, STATUS, FULL = "nothing", "its public status", "all of it"
RELATIONS = ("own", "other", "consulted", "closed", "barred")


@dataclass(frozen=True)
class Role:
    """Who it is among ``tests.people``, the team that is theirs, and what they see of
    a case in each of ``RELATIONS``."""

    team: str
    own: str
    other: str
    consulted: str
    closed: str
    barred: str = NONE
    house: bool = False
    """Whether they read the incident, the action and the alarms of the security team,
    which are that team's and the whole house's matters and no case's."""
    joins: bool = False
    """Whether they say which records are one person: that asks for the customer's card
    wherever the case is (ADR 13)."""


OF_TEAM = (FULL, NONE, FULL, FULL)
OF_ALL = (FULL, FULL, FULL, FULL)
OF_NONE = (NONE, NONE, NONE, NONE)

ROLES: dict[str, Role] = {
    "risk": Role("risk", *OF_TEAM),  # member
    "risk_lead": Role("risk", *OF_TEAM),
    "security": Role("security", *OF_TEAM, house=True),  # the case has nothing at risk
    "support": Role("support", FULL, STATUS, FULL, FULL),
    "support_lead": Role("support", FULL, STATUS, FULL, FULL, joins=True),
    "legal": Role("legal", *OF_TEAM),
    "compliance_officer": Role("compliance", *OF_TEAM),
    "reviewer": Role("desk", *OF_ALL, house=True),  # of compliance: the whole register
    "head": Role("desk", *OF_ALL, house=True),
    "approver": Role("desk", *OF_NONE),  # sees what waits for their sign-off
    "executor": Role("desk", *OF_NONE),  # and what waits to be carried out
    "appeals_2": Role("appeals", *OF_NONE),  # and the appeals given to them
    "admin": Role("desk", *OF_NONE),  # by break-glass alone
}

OPEN_TO_ALL = frozenset(
    {
        "admin:complaints_complaint_change",
        "admin:complaints_complaint_timeline",
        "admin:complaints_complaint_customer",
        "admin:complaints_complaint_letter",
        "admin:complaints_complaint_letter_print",
        "admin:complaints_complaint_evidence",
        "admin:complaints_remedy_change",
    }
)
"""What opens for whoever sees a case in full."""

OF_THE_HOUSE = ("incident", "improvementaction", "alarm")
"""Pages of the house's own matters. Each has a title of its own, which says what is
secret here: whoever reads the matter reads it, and of a case nothing besides."""

OPEN_TO_THE_HOUSE = frozenset(
    {
        "admin:complaints_incident_change",
        "admin:complaints_improvementaction_change",
    }
)
"""Which of them open for every reader; the others are for those who run the matter."""

OF_STATUS = frozenset(
    {"admin:complaints_complaint_status", "admin:complaints_complaint_status_message"}
)
OF_JOINERS = frozenset({"admin:complaints_complaint_customer"})
ELSEWHERE = ("rawmessage", "chat_", "forum_", "replytemplate", "score")
"""Of no one case of this kind: held messages, chats, posts, and reviews of their own;
their modules hold them."""


def _of_desk(*who: Who) -> list[Route]:
    return [
        route
        for route in routes()
        if route.pattern.startswith("admin/")
        and route.name != "admin:-"
        and not any(part in route.name for part in ELSEWHERE)
        and ACCESS[route.name].who in who
    ]


@pytest.fixture
def victim(people: People) -> Victim:
    """A case with one of everything, and nobody let in besides by their role."""
    victim = make_victim(people)
    CaseAccess.every.filter(revoked_at=None).update(revoked_at=timezone.now())
    return victim


def _relate(victim: Victim, user: User, role: Role, relation: str) -> None:
    """Put the case where it is to be, as the services would."""
    case, own = victim.case, Team.objects.get(code=role.team)
    if own.code == "desk":
        own = Team.objects.get(code="tech")
    team = Team.objects.get(code="tech") if relation in ("other", "consulted") else own
    Complaint.objects.filter(pk=case.pk).update(team=team)
    case.refresh_from_db()
    if relation == "consulted" and own != team:
        lead = User.objects.get(username="tech")
        Complaint.objects.filter(pk=case.pk).update(handler=lead)
        case.refresh_from_db()
        consult(complaint=case, team=own, question=f"The {SECRET}?", actor=lead)
    elif relation == "closed":
        perform(case, "withdraw", actor=case.customer.user)
        assert case.state in FINAL_STATES
    elif relation == "barred":
        name = "compliance_officer" if user.username == "head" else "head"
        actor = User.objects.get(username=name)
        reason = f"The {SECRET} is an insider matter."
        barriers.put_up(
            complaint=case, kind="insider", whole=True, reason=reason, actor=actor
        )


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("name", ROLES)
def test_every_address_gives_what_the_role_may_see(
    name: str, relation: str, people: People, victim: Victim
) -> None:
    _walk(name, relation, people, victim)


ANSWER = ("alarm_answer", "from_alarm")
ANSWERING = {
    **dict.fromkeys(ROLES, 404),
    # They read it; whoever leads its team and the head of the desk answer it.
    "security": 403,
    "reviewer": 403,
    "security_lead": 302,
    "head": 302,
}
"""What comes of answering an alarm of the security team: no role of a case decides."""


@pytest.mark.parametrize("address", ANSWER)
@pytest.mark.parametrize("name", ANSWERING)
def test_an_alarm_is_answered_by_who_leads_its_team(
    name: str, address: str, people: People, victim: Victim
) -> None:
    caller, given = Caller(victim, people.all()[name]), ANSWERING[name]
    route = next(one for one in routes() if one.name.endswith(f"incident_{address}"))
    codes = [
        caller.client.get(url_of(route, victim)).status_code,
        caller.client.post(url_of(route, victim), {"reason": "A sale."}).status_code,
    ]

    assert codes == [403 if given == 302 else given, given]
    alarm = Alarm.objects.get()
    assert alarm.answered_by == (people.all()[name] if given == 302 else None)
    assert bool(alarm.incident) is (given == 302 and address == "from_alarm")


def _walk(name: str, relation: str, people: People, victim: Victim) -> None:
    user, role = people.all()[name], ROLES[name]
    _relate(victim, user, role, relation)
    sight = getattr(role, relation)
    caller, holes = Caller(victim, user), []
    for route in _of_desk(Who.STAFF):
        for method in ("GET", "POST", "FORM"):
            if sight != NONE and method != "GET":
                continue  # What they may change is held by the services' own tests.
            response: Any = caller.call(method, url_of(route, victim))
            text = text_of(response)
            holes += _holes(route, method, role, sight, response, text, victim)
    if sight != FULL:
        holes += list(_lists(caller, victim, role, sight))
    elif not role.house:
        holes += list(_house_lists(caller, victim))

    assert holes == []


def _holes(
    route: Route,
    method: str,
    role: Role,
    sight: str,
    response: Any,
    text: str,
    victim: Victim,
) -> Iterator[tuple[str, ...]]:
    code, url = response.status_code, url_of(route, victim)
    # The key that was sent stands in the way back to the same page.
    told = text.replace(f"reference={victim.case.reference}", "")
    if code >= 500:
        yield route.name, method, "fell over"
    elif _must_open(route, role, sight, method) and code != 200:
        yield route.name, method, f"shut: {code}"
    elif sight == FULL and "Traceback" in text:
        yield route.name, method, "says too much"
    elif not (_may_open(route, role, sight) or is_refused(response, url)):
        yield route.name, method, f"open: {code}"
    named = SECRET in text.lower() and not _reads(route, role)
    if sight == NONE and (named or victim.case.reference in told):
        yield route.name, method, "names it"
    if sight == STATUS and named:
        yield route.name, method, "tells its words"


def _is_house(route: Route) -> bool:
    return any(part in route.name for part in OF_THE_HOUSE)


def _reads(route: Route, role: Role) -> bool:
    """Whether it is one of the house's matters, and theirs to read."""
    return role.house and _is_house(route)


def _must_open(route: Route, role: Role, sight: str, method: str) -> bool:
    if _is_house(route):
        return role.house and route.name in OPEN_TO_THE_HOUSE and method == "GET"
    return sight == FULL and route.name in OPEN_TO_ALL


def _may_open(route: Route, role: Role, sight: str) -> bool:
    if _is_house(route):
        return role.house
    shown = OF_STATUS | OF_JOINERS if role.joins else OF_STATUS
    return sight == FULL or (sight == STATUS and route.name in shown)


def _house_lists(caller: Caller, victim: Victim) -> Iterator[tuple[str, ...]]:
    """Lists of the house's matters name none to who reads the case and not them."""
    for route in filter(_is_house, _of_desk(Who.DESK)):
        text = text_of(caller.client.get(url_of(route, victim), follow=True))
        if f"the {SECRET}" in text.lower():
            yield route.name, "GET", "tells its words"


def _lists(
    caller: Caller, victim: Victim, role: Role, sight: str
) -> Iterator[tuple[str, ...]]:
    """Lists, filters, autocomplete, popups and exports name nothing of it."""
    case = victim.case
    for route in _of_desk(Who.DESK):
        url = url_of(route, victim)
        for query in ("", "_popup=1", f"q={SECRET}", f"complaint__id__exact={case.pk}"):
            answer = caller.client.get(f"{url}?{query}", follow=True)
            yield from _named(route, query, answer, case, role, sight)
        posted = caller.client.post(url)
        yield from _named(route, "POST", posted, case, role, sight)
    for model, field in (
        ("complaint", "merged_into"),
        ("remedy", "complaint"),
        ("compliancecheck", "complaint"),
    ):
        address = (
            "/admin/autocomplete/?app_label=complaints"
            f"&model_name={model}&field_name={field}&term={case.reference}"
        )
        answer = caller.client.get(address)
        route = Route(address, "", ())
        yield from _named(route, "GET", answer, case, role, sight)


def _named(
    route: Route, how: str, answer: Any, case: Complaint, role: Role, sight: str
) -> Iterator[tuple[str, ...]]:
    text = text_of(answer)
    # What was asked stands in its field; the subject is the case's alone.
    told = case.subject if SECRET in how else SECRET
    if told.lower() in text.lower() and not _reads(route, role):
        yield route.name, how, "tells its words"
    shown = text.replace(f"term={case.reference}", "")
    if sight == NONE and case.reference in shown:
        yield route.name, how, "names it"
    if answer.status_code >= 500:
        yield route.name, how, "fell over"
