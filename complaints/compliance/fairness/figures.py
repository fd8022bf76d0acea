"""The numbers of the fairness watch: read only, from first decisions of a period.

Redress without accepting counts as not upheld, upheld in part as upheld (DISP 1.10).
Cases behind a barrier and cases of erased customers count in no group here: a group can
be one person. Groups under ten are hidden, and the next smallest with a single one.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from itertools import combinations
from statistics import median

from django.conf import settings

from complaints.bigrams import words_of
from complaints.compliance import rows
from complaints.estimates import Z95, Z998, Interval, funnel, wilson
from complaints.models import Complaint, Identifier, IncidentCase, Remedy
from complaints.permissions import Viewer
from complaints.states import Barrier, Outcome, RemedyState

SMALLEST = 10
MOST_READ = 20_000
MOST_ALIKE, MOST_OF_A_CASE = 50, 3
NEAR = 0.6
MOST_OF_A_TOPIC = 400
UPHELD = frozenset({Outcome.UPHELD, Outcome.PARTLY_UPHELD})
UNKNOWN = ""

DIMENSIONS: Mapping[str, str] = {
    "language": "complaint__language",
    "country": "complaint__customer__country",
    "channel": "complaint__channel",
    "tier": "complaint__account_tier",
}
"""What the groups are made by, and the column that says it."""

COLUMNS = (
    "pk",
    "complaint_id",
    "complaint__category_id",
    "complaint__category__parent_id",
    "outcome",
    "drafted_by_id",
    "departs",
    *DIMENSIONS.values(),
)


@dataclass(frozen=True)
class Group:
    """One group: cases decided, the share upheld with its interval, and the median of
    what those who were upheld and paid got, in the reporting currency.

    ``share`` is None where the group is hidden, ``differs`` where the interval leaves
    the share of all out.
    """

    name: str
    decided: int
    share: Interval | None
    differs: bool = False
    paid: int = 0
    typical: Decimal | None = None


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
class Pair:
    """Two decisions on like facts that came out differently, by key of the case.

    ``why`` is the code of what is alike; ``justified`` where one says why it departs.
    """

    one: int
    other: int
    why: str
    justified: bool


@dataclass(frozen=True)
class Fairness:
    """All of it for [since, until)."""

    since: datetime
    until: datetime
    decided: int
    upheld: int
    groups: dict[str, list[Group]]
    people: list[Person]
    pairs: list[Pair]

    def checksum(self) -> str:
        text = json.dumps(asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Row:
    """One first decision as it is counted."""

    pk: int
    case: int
    category: int | None
    topic: int | None
    upheld: bool
    person: int
    departs: bool
    groups: Mapping[str, str]
    paid: Decimal


def read(since: datetime, until: datetime, viewer: Viewer) -> Fairness:
    """In seven queries. ``viewer`` limits the pairs alone: figures are of the desk."""
    found = _rows(since, until)
    upheld = sum(row.upheld for row in found)
    return Fairness(
        since=since,
        until=until,
        decided=len(found),
        upheld=upheld,
        groups={name: _groups(found, name) for name in DIMENSIONS},
        people=_people(found),
        pairs=_pairs(found, viewer),
    )


def _rows(since: datetime, until: datetime) -> list[Row]:
    decisions = (
        rows.first_decisions(since, until)
        .using(settings.READ_DATABASE)
        .filter(complaint__barrier=Barrier.NONE, complaint__erased_at=None)
        .order_by("-issued_at", "-pk")
    )
    listed = list(decisions.values(*COLUMNS)[:MOST_READ])
    paid = _paid([row["pk"] for row in listed])
    return [
        Row(
            pk=row["pk"],
            case=row["complaint_id"],
            category=row["complaint__category_id"],
            topic=row["complaint__category__parent_id"]
            or row["complaint__category_id"],
            upheld=row["outcome"] in UPHELD,
            person=row["drafted_by_id"],
            departs=row["departs"],
            groups={name: row[column] or "" for name, column in DIMENSIONS.items()},
            paid=paid.get(row["pk"], Decimal(0)),
        )
        for row in listed
    ]


def _paid(decisions: Sequence[int]) -> dict[int, Decimal]:
    """What the payments of each are worth; summed here, SQLite would make floats."""
    worth: dict[int, Decimal] = defaultdict(Decimal)
    for start in range(0, len(decisions), 500):
        some = Remedy.objects.using(settings.READ_DATABASE).filter(
            decision__in=decisions[start : start + 500], reporting_value__isnull=False
        )
        live = some.exclude(state=RemedyState.CANCELLED)
        for pk, value in live.values_list("decision_id", "reporting_value"):
            worth[pk] += value or Decimal(0)
    return worth


# By group -----------------------------------------------------------------------------


def _groups(found: Sequence[Row], name: str) -> list[Group]:
    """The largest first; what nobody knows of a case is a group of its own."""
    members: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        members[row.groups[name]].append(row)
    hidden = hidden_of({code: len(some) for code, some in members.items()})
    whole = sum(row.upheld for row in found) / len(found) if found else 0.0
    order = sorted(members, key=lambda code: (-len(members[code]), code))
    return [_group(code, members[code], whole, code in hidden) for code in order]


def _group(name: str, some: Sequence[Row], whole: float, hidden: bool) -> Group:
    if hidden:
        return Group(name, len(some), None)
    share = wilson(sum(row.upheld for row in some), len(some))
    sums = [row.paid for row in some if row.upheld and row.paid]
    return Group(
        name=name,
        decided=len(some),
        share=share,
        differs=not share.low <= whole <= share.high,
        paid=len(sums),
        typical=median(sums) if len(sums) >= SMALLEST else None,
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


def _people(found: Sequence[Row]) -> list[Person]:
    """Held against what their mix of topics lets expect; fewer than ten are no ground
    to say anything, and stand without limits."""
    chances = _chances(found)
    by_person: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        by_person[row.person].append(row)
    people = [_person(user, some, chances) for user, some in by_person.items()]
    return sorted(people, key=lambda one: (-one.outside, -one.decided, one.user))


def _chances(found: Sequence[Row]) -> dict[int | None, float]:
    """Share upheld by topic, over all who decided."""
    counted: dict[int | None, list[bool]] = defaultdict(list)
    for row in found:
        counted[row.topic].append(row.upheld)
    return {topic: sum(some) / len(some) for topic, some in counted.items()}


def _person(
    user: int, some: Sequence[Row], chances: Mapping[int | None, float]
) -> Person:
    expected = [chances[row.topic] for row in some]
    share = sum(row.upheld for row in some) / len(some)
    low, high = funnel(expected, Z95)
    outside = 0.0
    if len(some) >= SMALLEST:
        for z, level in ((Z95, 95.0), (Z998, 99.8)):
            below, above = funnel(expected, z)
            outside = outside if below <= share <= above else level
    mean = sum(expected) / len(expected)
    return Person(user, len(some), share, mean, low, high, outside)


# Case by case -------------------------------------------------------------------------


def _pairs(found: Sequence[Row], viewer: Viewer) -> list[Pair]:
    """Like facts, unlike outcomes: the same incident, the same transaction or address,
    or the same topic in nearly the same words. Only cases the viewer sees."""
    seen = _seen(found, viewer)
    shown = {row.case: row for row in found if row.case in seen}
    pairs: dict[tuple[int, int], Pair] = {}
    for why, cases in _alike(shown, seen):
        for one, other in combinations(sorted(set(cases)), 2):
            if shown[one].upheld != shown[other].upheld:
                justified = shown[one].departs or shown[other].departs
                pairs.setdefault((one, other), Pair(one, other, why, justified))
    listed = sorted(pairs.values(), key=lambda pair: (pair.justified, -pair.other))
    return _not_too_often(listed)[:MOST_ALIKE]


def _not_too_often(pairs: Iterable[Pair]) -> list[Pair]:
    """One case that differs from many would push all others off the page."""
    told: dict[int, int] = defaultdict(int)
    kept = []
    for pair in pairs:
        if max(told[pair.one], told[pair.other]) < MOST_OF_A_CASE:
            kept.append(pair)
            told[pair.one] += 1
            told[pair.other] += 1
    return kept


def _seen(found: Sequence[Row], viewer: Viewer) -> dict[int, str]:
    """Texts of the visible cases by key."""
    texts: dict[int, str] = {}
    cases = [row.case for row in found]
    for start in range(0, len(cases), 500):
        some = Complaint.objects.visible_to(viewer).filter(
            pk__in=cases[start : start + 500]
        )
        for pk, subject, text in some.values_list("pk", "subject", "description"):
            texts[pk] = f"{subject} {text}"
    return texts


def _alike(
    shown: Mapping[int, Row], texts: Mapping[int, str]
) -> Iterable[tuple[str, list[int]]]:
    joined = IncidentCase.objects.filter(removed_at=None)
    pairs = joined.values_list("incident_id", "complaint_id")
    yield from _grouped("incident", pairs, shown)
    named = Identifier.objects.order_by("pk").values_list("value", "complaint_id")
    yield from _grouped("named", named.filter(complaint__in=list(shown)), shown)
    by_topic: dict[int, list[int]] = defaultdict(list)
    for pk, row in shown.items():
        if row.category is not None:
            by_topic[row.category].append(pk)
    for cases in by_topic.values():
        yield from _near(cases[:MOST_OF_A_TOPIC], shown, texts)


def _grouped(
    why: str, pairs: Iterable[tuple[object, int]], shown: Mapping[int, Row]
) -> Iterable[tuple[str, list[int]]]:
    groups: dict[object, list[int]] = defaultdict(list)
    for key, case in pairs:
        if case in shown:
            groups[key].append(case)
    for cases in groups.values():
        if len(cases) > 1:
            yield why, cases[:MOST_ALIKE]


def _near(
    cases: Sequence[int], shown: Mapping[int, Row], texts: Mapping[int, str]
) -> Iterable[tuple[str, list[int]]]:
    """Only the upheld against the others: the rest agrees anyway."""
    words = {pk: frozenset(words_of(texts[pk][:2000])) for pk in cases}
    yes = [pk for pk in cases if shown[pk].upheld]
    no = [pk for pk in cases if not shown[pk].upheld]
    for one in yes:
        for other in no:
            both = words[one] | words[other]
            if both and len(words[one] & words[other]) >= NEAR * len(both):
                yield "words", [one, other]
