"""Many cases at once, under the same triggers as everything else.

Rows are born received, their events are chained, and states then move version by
version; the database checks each against its event.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from appeals.demo.people import Cast
from appeals.demo.stories import STORIES
from complaints import ledger, profiles, timing
from complaints.ledger import Entry
from complaints.models import Category, Clock, Complaint, Message, Party, Point
from complaints.permissions import Viewer
from complaints.reference_number import new_reference
from complaints.services import search
from complaints.states import WORKING_STATES, Channel, Direction, Severity, State, Step
from teams.models import Team, User

CHUNK = 2000
ASSETS = ("USDT", "BTC", "ETH", "USDC")
RARE = "zymurgy"
"""A word that one case in a thousand has, so that search can be measured."""

PATHS: tuple[tuple[int, tuple[tuple[str, str], ...]], ...] = (
    (4, ()),
    (8, (("admit", State.ASSIGNED),)),
    (28, (("admit", State.ASSIGNED), ("take", State.INVESTIGATING))),
    (60, (("admit", State.ASSIGNED), ("withdraw", State.WITHDRAWN))),
)
"""(share in per cent, moves)."""


@dataclass(frozen=True)
class Stage:
    """What every bulk case draws from."""

    cast: Cast
    dice: random.Random
    categories: list[Category]
    support: Team
    handlers: dict[int, list[User]]
    parties: list[Party]
    now: datetime


def fill(cast: Cast, *, count: int, seed: int) -> None:
    """Make ``count`` more cases in chunks, each in its own transaction."""
    stage = _stage(cast, count, seed)
    for first in range(0, count, CHUNK):
        with transaction.atomic():
            _chunk(stage, range(first, min(first + CHUNK, count)))


def _stage(cast: Cast, count: int, seed: int) -> Stage:
    members: dict[int, list[User]] = {}
    for user in cast.users.values():
        for membership in user.memberships.filter(role__in=("member", "officer")):
            members.setdefault(membership.team_id, []).append(user)
    parties = Party.objects.bulk_create(
        Party(last_name=f"Customer {n}", email=f"bulk{n}@demo.example")
        for n in range(max(1, count // 10))
    )
    categories = Category.objects.exclude(parent=None).select_related("team")
    return Stage(
        cast,
        random.Random(seed),  # noqa: S311 - demo data
        [c for c in categories if c.team_id in members],
        Team.objects.get(code="support"),
        members,
        parties,
        timezone.now(),
    )


def _chunk(stage: Stage, numbers: range) -> None:
    cases = [_case(stage, number) for number in numbers]
    draw_anew(cases)
    plans = {id(case): _path(stage) for case in cases}
    Complaint.objects.bulk_create(cases, batch_size=500)
    streams = {
        case.stream: list(_entries(stage, case, plans[id(case)])) for case in cases
    }
    ledger.begin_many(streams)
    Point.objects.bulk_create(
        (Point(complaint=case, number=1, text=case.subject) for case in cases),
        batch_size=500,
    )
    talk(stage.cast["support"], cases)
    targets = {case.pk: [to for _what, to in plans[id(case)]] for case in cases}
    move_rows(Complaint, targets)
    _settle(stage, cases, plans)


def draw_anew(cases: list[Complaint]) -> None:
    """Among so many a number is drawn twice now and then."""
    drawn = [case.reference for case in cases]
    rows = Complaint.objects.filter(reference__in=drawn)
    known = set(rows.values_list("reference", flat=True))
    for case in cases:
        while case.reference in known:
            case.reference = new_reference()
        known.add(case.reference)


def _case(stage: Stage, number: int) -> Complaint:
    dice = stage.dice
    category = dice.choice(stage.categories)
    received = stage.now - timedelta(minutes=dice.randint(10, 60 * 24 * 80))
    story = dice.choice(STORIES)
    rare = f" {RARE}" if number % 1000 == 7 else ""
    party = dice.choice(stage.parties)
    profile = profiles.choose(party.country, "", received.date())
    return Complaint(
        customer=party,
        channel=dice.choice(Channel.values),
        language=stage.cast[story.customer].language,
        received_at=received,
        recorded_at=received,
        recorded_by=stage.cast["support"],
        subject=f"{story.subject} ({number})"[:200],
        description=story.text + rare,
        category=category,
        severity=dice.choice(Severity.values),
        asset=dice.choice(ASSETS),
        amount=Decimal(dice.randint(1, 500_000)) / 100,
        team=stage.support,
        profile_key=profile.key,
        last_message_at=received,
        last_message_from="customer",
    )


def _path(stage: Stage) -> tuple[tuple[str, str], ...]:
    weights = [share for share, _path in PATHS]
    return stage.dice.choices(PATHS, weights)[0][1]


def _entries(
    stage: Stage, case: Complaint, path: tuple[tuple[str, str], ...]
) -> Iterator[Entry]:
    at, state = case.received_at, str(State.RECEIVED)
    yield Entry("file", Viewer(stage.cast["support"]), at, {"channel": case.channel})
    for version, (what, target) in enumerate(path, start=1):
        at += timedelta(hours=3)
        yield Entry(
            what,
            Viewer(stage.cast["support"]),
            at,
            object_type="complaint",
            object_id=case.pk,
            object_version=version,
            source=state,
            target=target,
        )
        state = target


def talk(author: User, cases: list[Complaint]) -> None:
    """The first message of each case, and the words by which it is found."""
    rows = (
        Message(
            complaint=case,
            direction=Direction.INBOUND,
            channel=case.channel,
            author=author,
            author_role="customer",
            text=case.description,
            at=case.received_at,
        )
        for case in cases
    )
    said = Message.objects.bulk_create(rows, batch_size=500)
    search.keep(row for message in said for row in search.of_message(message))
    search.keep(row for case in cases for row in search.of_complaint(case, ()))


def move_rows(model: type[Model], targets: Mapping[int, Sequence[str]]) -> None:
    """Each row through its states; the trigger wants each version's own event."""
    for step in range(max(map(len, targets.values()), default=0)):
        by_target: dict[str, list[int]] = {}
        for key, states in targets.items():
            if len(states) > step:
                by_target.setdefault(states[step], []).append(key)
        rows = model._default_manager
        for target, keys in by_target.items():
            rows.filter(pk__in=keys).update(state=target, version=step + 1)


def _settle(
    stage: Stage,
    cases: list[Complaint],
    plans: dict[int, tuple[tuple[str, str], ...]],
) -> None:
    """Teams, handlers and clocks as the moves would have left them."""
    clocks: list[Clock] = []
    for case in cases:
        path = plans[id(case)]
        state = path[-1][1] if path else str(State.RECEIVED)
        if path and case.category is not None:
            case.team = case.category.team
        if state == State.INVESTIGATING:
            case.handler = stage.dice.choice(stage.handlers[case.team_id])
        if state not in WORKING_STATES:
            continue
        step = Step.INVESTIGATE if path else Step.ADMIT
        fresh = [
            timing.new_clock(case, kind, now=case.received_at)
            for kind in (step, Step.STATUTORY_DECISION)
        ]
        first = min(fresh, key=lambda clock: clock.due_at)
        case.next_due_at, case.next_due_step = first.due_at, first.step
        clocks += fresh
    Clock.objects.bulk_create(clocks, batch_size=500)
    columns = ["team", "handler", "next_due_at", "next_due_step"]
    Complaint.objects.bulk_update(cases, columns, batch_size=200)
