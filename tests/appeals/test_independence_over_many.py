"""10 000 random histories: whoever is chosen to review, to sit on a panel or to decide
from outside is dependent on nobody, and where nobody is left nobody is chosen.

The case is walked once; each history is written straight into the rows that the rules
read, inside a savepoint, and held against a second reckoning that reads none of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appeals.arbitrators import independent_arbitrators
from appeals.independence import free_reviewers
from appeals.models import (
    Appeal,
    Arbitrator,
    ArbitratorSeat,
    DeclaredTie,
    Referral,
)
from complaints import ledger
from complaints.models import Complaint, Conflict, Event, SignOff
from complaints.permissions import Viewer, viewer_of
from complaints.states import State
from teams.models import Absence, User
from tests.appeals import walk
from tests.appeals.outside import stage
from tests.people import People

STAFF = 6
"""Of the appeals team, three of them only here."""

OTHERS = ("security", "security_lead", "compliance_officer", "tech", "head", "risk")
ARBITRATORS = 4
HISTORIES, PARTS = 10_000, 4

DOINGS = (
    *("nothing", "acted", "handled", "assigned", "conflict", "lifted", "signed"),
    *("away", "inactive", "reports", "reports_to_colleague", "leads"),
)
TIES = (
    *("nothing", "company", "customer", "case", "person", "lifted", "ended"),
    *("works_here", "is_customer", "earlier_case", "other_case"),
)

doing = st.tuples(
    st.integers(0, STAFF - 1), st.sampled_from(DOINGS), st.integers(0, STAFF - 1)
)
tie = st.tuples(
    st.integers(0, ARBITRATORS - 1),
    st.sampled_from(TIES),
    st.integers(0, STAFF + len(OTHERS) - 1),
)
histories = st.tuples(st.lists(doing, max_size=8), st.lists(tie, max_size=6))


@dataclass
class World:
    """The one case, everybody in it, and what is known of each beforehand."""

    row: Appeal
    referral: Referral
    earlier: Referral
    elsewhere: Referral
    team: list[User]
    others: list[User]
    register: list[Arbitrator]
    acted: set[int]
    deciders: set[int]
    viewers: dict[int, Viewer] = field(default_factory=dict)

    @property
    def case(self) -> Complaint:
        return self.row.complaint


@pytest.fixture
def world(people: People, case_at: Any) -> World:
    """Before any history: one appeal, one referral, and two cases beside it."""
    team = [people.appeals_2, people.appeals_3, people.appeals]
    team += [walk.join(f"extra_{n}", "appeals", "reviewer") for n in range(3)]
    row = walk.appeal(case_at(State.ANSWERED))
    others = [getattr(people, name) for name in OTHERS]
    stranger = case_at(State.ANSWERED, by=people.other_customer)
    row.reviewer = None
    Appeal.objects.filter(pk=row.pk).update(reviewer=None)
    names = ("Ada Nord", "Bo Lind", "Cy Park", "Di Ruiz")
    events = Event.objects.filter(stream=row.stream).exclude(actor__kind="system")
    return World(
        row=row,
        referral=_referral(row),
        earlier=_referral(walk.appeal(case_at(State.ANSWERED))),
        elsewhere=_referral(walk.appeal(stranger)),
        team=team,
        others=others,
        register=[stage.arbitrator(people, name) for name in names],
        acted=set(events.values_list("actor_id", flat=True)),
        deciders={
            people.security.pk,
            *SignOff.objects.filter(decision__complaint=row.complaint).values_list(
                "signer_id", flat=True
            ),
        },
    )


def _referral(row: Appeal) -> Referral:
    return Referral.objects.create(
        complaint=row.complaint,
        appeal=row,
        route="arbitration",
        kind="arbitration",
        referred_at=timezone.now(),
        consent_version="2026.1",
        consent_sha256="0" * 64,
        consented_by=row.lodged_by,
        wanted=3,
    )


def _over(number: int) -> Any:
    return settings(
        max_examples=number,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )


@pytest.mark.once
@_over(15)
@given(history=histories)
def test_nobody_dependent_is_chosen(world: World, history: Any) -> None:
    _live_through(world, *history)


@pytest.mark.drill
@pytest.mark.parametrize("part", range(PARTS))
@_over(HISTORIES // PARTS)
@given(history=histories)
def test_nobody_dependent_is_chosen_over_ten_thousand_histories(
    world: World, part: int, history: Any
) -> None:
    """In parts, so that each says how far it is; every one draws its own."""
    _live_through(world, *history)


def _live_through(
    world: World, doings: list[Any], ties: list[tuple[int, str, int]]
) -> None:
    with transaction.atomic():
        reckoned = Reckoned(world)
        for which, what, other in doings:
            _do(world, reckoned, which, what, other)
        # Whom an earlier case ties cannot be put on it any more once they are.
        for which, what, other in sorted(ties, key=lambda one: "case" not in one[1]):
            _tie(world, reckoned, which, what, other)
        _ask(world, reckoned)
        transaction.set_rollback(True)


# The second reckoning -----------------------------------------------------------------


@dataclass
class Reckoned:
    """Who is dependent, told by the history alone."""

    world: World
    tainted: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    acted: set[int] = field(default_factory=set)
    deciders: set[int] = field(default_factory=set)
    bosses: dict[int, int] = field(default_factory=dict)
    barred: set[int] = field(default_factory=set)
    with_people: list[tuple[int, int]] = field(default_factory=list)
    assigned: set[int] = field(default_factory=set)
    handler: int | None = None

    def __post_init__(self) -> None:
        self.acted |= self.world.acted
        self.deciders |= self.world.deciders
        self.handler = self.world.case.handler_id

    def line(self, pk: int) -> Iterator[int]:
        seen: set[int] = set()
        while (boss := self.bosses.get(pk)) is not None and boss not in seen:
            seen.add(boss)
            yield boss
            pk = boss

    def free_staff(self) -> set[int]:
        """Those of the team who are there and tied to nobody."""
        team = {user.pk for user in self.world.team}
        tied = self.tainted | self.acted | self.deciders | {self.handler or 0}
        under = {pk for pk in team if set(self.line(pk)) & self.deciders}
        over = {boss for pk in self.deciders for boss in self.line(pk)}
        return team - self.gone - tied - under - over

    def free_arbitrators(self) -> set[int]:
        involved = self.acted | self.deciders | {self.handler or 0} | self.assigned
        involved |= {boss for pk in self.deciders for boss in self.line(pk)}
        by_person = {who for who, person in self.with_people if person in involved}
        return {one.pk for one in self.world.register} - self.barred - by_person


def _do(world: World, known: Reckoned, which: int, what: str, other: int) -> None:
    user, case, now = world.team[which], world.case, timezone.now()
    if what == "acted":
        _event(world, user, "note", {})
        known.acted.add(user.pk)
    elif what == "assigned":
        security = world.others[0]
        _event(world, security, "assign_to", {"handler": user.pk})
        known.tainted.add(user.pk)
        known.assigned.add(user.pk)
    elif what == "handled":
        Complaint.objects.filter(pk=case.pk).update(handler=user)
        known.handler = user.pk
    elif what in ("conflict", "lifted"):
        ended = now if what == "lifted" else None
        Conflict.objects.get_or_create(
            complaint=case,
            user=user,
            kind="related",
            lifted_at=ended,
            defaults={"recorded_by": world.others[4], "recorded_at": now},
        )
        known.tainted |= {user.pk} if what == "conflict" else set()
    elif what == "signed":
        _sign(world, user)
        known.deciders.add(user.pk)
    elif what == "away":
        day = timedelta(days=1)
        Absence.objects.create(user=user, starts_at=now - day, ends_at=now + day)
        known.gone.add(user.pk)
    elif what == "inactive":
        User.objects.filter(pk=user.pk).update(is_active=False)
        known.gone.add(user.pk)
    elif what == "leads":
        _report(known, world.others[other], user)
    elif what in ("reports", "reports_to_colleague"):
        people = world.others if what == "reports" else world.team
        _report(known, user, people[other])


def _report(known: Reckoned, user: User, boss: User) -> None:
    if boss.pk != user.pk:
        User.objects.filter(pk=user.pk).update(reports_to=boss)
        known.bosses[user.pk] = boss.pk


def _event(world: World, user: User, what: str, payload: dict[str, Any]) -> None:
    """On the case's stream, before its file was frozen as the rules read it."""
    if user.pk not in world.viewers:
        world.viewers[user.pk] = viewer_of(user)
    viewer = world.viewers[user.pk]
    entry = ledger.Entry(what, viewer, timezone.now(), payload)
    ledger.append(world.row.stream, entry)


def _sign(world: World, user: User) -> None:
    decision = world.case.decisions.get()
    SignOff.objects.get_or_create(
        decision=decision,
        signer=user,
        defaults={
            "proposer": world.others[0],
            "capacity": "legal",
            "content_hash": f"{user.pk}",
            "at": timezone.now(),
        },
    )


def _tie(world: World, known: Reckoned, which: int, what: str, other: int) -> None:
    one, now = world.register[which], timezone.now()
    people = [*world.team, *world.others]
    about: dict[str, dict[str, Any]] = {
        "company": {},
        "customer": {"party": world.case.customer},
        "case": {"complaint": world.case},
        "person": {"user": people[other]},
        "lifted": {"complaint": world.case, "lifted_at": now},
    }
    if what in about:
        kind = {"person": "staff", "case": "earlier_case", "lifted": "earlier_case"}
        DeclaredTie.objects.create(
            arbitrator=one, kind=kind.get(what, what), declared_at=now, **about[what]
        )
    elif what == "ended":
        Arbitrator.objects.filter(pk=one.pk).update(ended_at=now)
    elif what in ("works_here", "is_customer"):
        email = people[0].email if what == "works_here" else world.case.customer.email
        same = Arbitrator.objects.filter(email__iexact=email).exclude(pk=one.pk)
        if same.exists():
            return
        Arbitrator.objects.filter(pk=one.pk).update(email=email.upper())
    elif what in ("earlier_case", "other_case"):
        where = world.earlier if what == "earlier_case" else world.elsewhere
        ArbitratorSeat.objects.get_or_create(
            referral=where,
            arbitrator=one,
            defaults={"seat": which + 1, "appointed_at": now},
        )
    if what == "person":
        known.with_people.append((one.pk, people[other].pk))
    elif what not in ("nothing", "lifted", "other_case"):
        known.barred.add(one.pk)


# What is asked ------------------------------------------------------------------------


def _ask(world: World, known: Reckoned) -> None:
    row = Appeal.objects.select_related("complaint__customer").get(pk=world.row.pk)
    row.file_seq = ledger.lock(row.stream).seq
    now = timezone.now()
    free = known.free_staff()

    # The first of these reviews, the next two make the panel; none means escalation.
    assert {user.pk for user in free_reviewers(row, now, but=())} == free
    referral = Referral.objects.select_related("complaint__customer", "appeal").get(
        pk=world.referral.pk
    )
    outside, at_liberty = independent_arbitrators(referral, 3), known.free_arbitrators()
    assert {one.pk for one in outside} <= at_liberty
    assert len(outside) == min(3, len(at_liberty))
