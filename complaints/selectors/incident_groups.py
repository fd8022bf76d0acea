"""Open cases that look like one incident nobody named; only what the viewer sees."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from complaints.models import Complaint, Identifier, IncidentCase
from complaints.permissions import Viewer
from complaints.selectors.incident_candidates import LOOK_BACK, MOST_READ, SIGNS
from complaints.states import WORKING_STATES, Barrier

RECENT = timedelta(hours=72)
FEWEST_NAMING, FEWEST_ALIKE = 3, 5


@dataclass(frozen=True)
class Group:
    """Open cases of different customers that have one thing in common."""

    sign: str
    what: str
    count: int
    since: datetime
    category: Any = None
    asset: str = ""

    @property
    def words(self) -> str:
        return str(SIGNS[self.sign])


def groups(viewer: Viewer, now: datetime) -> list[Group]:
    """Cases of the last days that look like one incident; the largest first."""
    taken = IncidentCase.objects.filter(removed_at=None).values("complaint")
    rows = Complaint.objects.visible_to(viewer).filter(
        barrier=Barrier.NONE, state__in=sorted(WORKING_STATES)
    )
    free = rows.exclude(pk__in=taken).order_by()
    found = [*_naming_the_same(free, now), *_alike_lately(free, now)]
    return sorted(found, key=lambda one: -one.count)[:10]


def _naming_the_same(free: "QuerySet[Complaint]", now: datetime) -> Iterable[Group]:
    cases = free.filter(received_at__gte=now - LOOK_BACK)
    rows = Identifier.objects.filter(complaint__in=cases).order_by()
    grouped = rows.values("value", "kind").annotate(
        n=Count("complaint__customer", distinct=True)
    )
    shared = list(grouped.filter(n__gte=FEWEST_NAMING).order_by("-n")[:10])
    values = [row["value"] for row in shared]
    first = _first_named(cases, values)
    for row in shared:
        kind = row["kind"] if row["kind"] in SIGNS else "number"
        since = first.get(row["value"], now)
        yield Group(kind, row["value"], row["n"], since)


def _first_named(
    cases: "QuerySet[Complaint]", values: list[str]
) -> dict[str, datetime]:
    rows = Identifier.objects.filter(value__in=values, complaint__in=cases)
    named: dict[str, list[datetime]] = defaultdict(list)
    for value, at in rows.values_list("value", "complaint__received_at"):
        named[value].append(at)
    return {value: min(times) for value, times in named.items()}


def _alike_lately(free: "QuerySet[Complaint]", now: datetime) -> Iterable[Group]:
    """Of different customers: one who writes five times is no incident."""
    lately = free.filter(received_at__gte=now - RECENT).exclude(category=None)
    first: dict[tuple[Any, str], dict[int, datetime]] = defaultdict(dict)
    rows = (
        lately.exclude(asset="")
        .select_related("category")
        .only("category", "asset", "received_at", "customer")
        .order_by("-received_at")
    )
    for case in rows[:MOST_READ]:
        first[case.category, case.asset][case.customer_id] = case.received_at
    for (category, asset), times in first.items():
        if len(times) >= FEWEST_ALIKE:
            what, since = f"{category.label}, {asset}", min(times.values())
            yield Group("topic", what, len(times), since, category, asset)
