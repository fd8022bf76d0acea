"""The numbers of the fairness watch: read only, from first decisions of a period.

Groups come from the roll-ups, so that their number does not matter; who decided how is
counted by the database; the newest decisions are held against each other one by one.

Redress without accepting counts as not upheld, upheld in part as upheld (DISP 1.10).
Cases behind a barrier and cases of erased customers count in no group here: a group can
be one person. Groups under ten are hidden, and the next smallest with a single one.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from complaints.compliance.days import Days
from complaints.compliance.fairness.pairs import UPHELD, Compared, compare, decisions
from complaints.compliance.models import Measure
from complaints.compliance.rollup.groups import DIMENSIONS, NOT_UPHELD, PAID
from complaints.compliance.rollup.read import Reader
from complaints.estimates import Z95, Z998, Interval, funnel, wilson
from complaints.permissions import Viewer

SMALLEST = 10


@dataclass(frozen=True)
class Group:
    """One group: cases decided, the share upheld and the share paid with their
    intervals, and what those who were paid got on average, in the reporting currency.

    Shares are None where the group is hidden, ``mean`` where fewer than ten were paid;
    ``differs`` where the interval of what was upheld leaves the share of all out.
    """

    name: str
    decided: int
    share: Interval | None
    redress: Interval | None = None
    differs: bool = False
    paid: int = 0
    mean: Decimal | None = None


@dataclass(frozen=True)
class Person:
    """Decisions somebody drafted: share upheld, what their topics let expect, and the
    limits of chance around that. ``outside`` is 0, or 95 or 99.8."""

    user: int
    decided: int
    share: float
    expected: float
    low: float
    high: float
    outside: float


@dataclass(frozen=True)
class Fairness:
    """All of it for [since, until)."""

    since: datetime
    until: datetime
    decided: int
    upheld: int
    groups: dict[str, list[Group]]
    people: list[Person]
    compared: Compared

    def checksum(self) -> str:
        text = json.dumps(asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def read(days: Days, viewer: Viewer) -> Fairness:
    """In a fixed number of queries and a few for texts. ``viewer`` limits the pairs
    alone: figures are of the desk."""
    groups = {name: _counted(days, name) for name in DIMENSIONS}
    whole = reduce(Counts.plus, groups["channel"].values(), Counts())
    return Fairness(
        since=days.since,
        until=days.until,
        decided=whole.decided,
        upheld=whole.upheld,
        groups={name: _groups(counted, whole) for name, counted in groups.items()},
        people=_people(days),
        compared=compare(days, viewer),
    )


class Counts(NamedTuple):
    """Decisions of a group, and what the paid ones got together."""

    decided: int = 0
    upheld: int = 0
    paid: int = 0
    worth: Decimal = Decimal(0)

    def plus(self, other: "Counts") -> "Counts":
        """With those of another group, or of another day."""
        return Counts(
            self.decided + other.decided,
            self.upheld + other.upheld,
            self.paid + other.paid,
            self.worth + other.worth,
        )


def _counted(days: Days, name: str) -> dict[str, Counts]:
    """Each group of a dimension, from the roll-ups."""
    found: dict[str, Counts] = defaultdict(Counts)
    sums = Reader(days.first, days.last).money(
        "kind", "number", measure=Measure.GROUP.value, sub=name
    )
    for (code, number), money in sums.items():
        upheld = money.n if number != NOT_UPHELD else 0
        got = (money.n, money.value) if number == PAID else (0, Decimal(0))
        found[code] = found[code].plus(Counts(money.n, upheld, *got))
    return dict(found)


def _groups(counted: Mapping[str, Counts], whole: Counts) -> list[Group]:
    """The largest first; what nobody knows of a case is a group of its own."""
    hidden = hidden_of({code: one.decided for code, one in counted.items()})
    order = sorted(counted, key=lambda code: (-counted[code].decided, code))
    share = whole.upheld / whole.decided if whole.decided else 0.0
    return [_group(code, counted[code], share, code in hidden) for code in order]


def _group(name: str, some: Counts, whole: float, hidden: bool) -> Group:
    if hidden:
        return Group(name, some.decided, None)
    share = wilson(some.upheld, some.decided)
    return Group(
        name=name,
        decided=some.decided,
        share=share,
        redress=wilson(some.paid, some.decided),
        differs=not share.low <= whole <= share.high,
        paid=some.paid,
        mean=round(some.worth / some.paid, 2) if some.paid >= SMALLEST else None,
    )


def hidden_of(sizes: Mapping[str, int]) -> set[str]:
    """Groups under ten; and where a single one is hidden, the next smallest as well,
    since the share of all would give it away."""
    hidden = {name for name, size in sizes.items() if size < SMALLEST}
    if len(hidden) == 1 and len(sizes) > 1:
        others = (name for name in sizes if name not in hidden)
        hidden.add(min(others, key=lambda name: (sizes[name], name)))
    return hidden


# By person ----------------------------------------------------------------------------


class Decided(NamedTuple):
    """What somebody decided on a main topic."""

    n: int
    upheld: int


ByTopic = Mapping[int | None, Decided]


def _people(days: Days) -> list[Person]:
    """Held against what their mix of topics lets expect; fewer than ten are no ground
    to say anything, and stand without limits."""
    by_person: dict[int, dict[int | None, Decided]] = defaultdict(dict)
    topic = Coalesce("complaint__category__parent_id", "complaint__category_id")
    counted = (
        decisions(days)
        .order_by()
        .annotate(topic=topic)
        .values_list("drafted_by_id", "topic")
        .annotate(n=Count("pk"), upheld=Count("pk", filter=Q(outcome__in=UPHELD)))
    )
    for user, code, n, upheld in counted:
        by_person[user][code] = Decided(n, upheld)
    chances = _chances(by_person.values())
    people = [_person(user, some, chances) for user, some in by_person.items()]
    return sorted(people, key=lambda one: (-one.outside, -one.decided, one.user))


def _chances(people: Iterable[ByTopic]) -> dict[int | None, float]:
    """Share upheld by topic, over all who decided."""
    whole, upheld = Counter[int | None](), Counter[int | None]()
    for some in people:
        for topic, one in some.items():
            whole[topic] += one.n
            upheld[topic] += one.upheld
    return {topic: upheld[topic] / n for topic, n in whole.items()}


def _person(user: int, some: ByTopic, chances: Mapping[int | None, float]) -> Person:
    expected = [chances[topic] for topic, one in some.items() for _n in range(one.n)]
    n = len(expected)
    share = sum(one.upheld for one in some.values()) / n
    low, high = funnel(expected, Z95)
    outside = 0.0
    if n >= SMALLEST:
        for z, level in ((Z95, 95.0), (Z998, 99.8)):
            below, above = funnel(expected, z)
            outside = outside if below <= share <= above else level
    return Person(user, n, share, sum(expected) / n, low, high, outside)
