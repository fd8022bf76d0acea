"""Unlike decisions on like facts: first decisions held against each other, by pairs.

Cases behind a barrier and of erased customers are none of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from complaints.bigrams import words_of
from complaints.compliance import rows
from complaints.compliance.days import Days
from complaints.models import Complaint, Decision, Identifier, IncidentCase
from complaints.permissions import Viewer
from complaints.states import Barrier, Outcome

MOST_READ = 2_000
"""Decisions that are compared, the newest of the period."""

MOST_ALIKE, MOST_OF_A_CASE = 50, 3
NEAR = 0.6
MOST_OF_A_TOPIC = 400
UPHELD = frozenset({Outcome.UPHELD, Outcome.PARTLY_UPHELD})


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
class Row:
    """One first decision as it is held against others."""

    case: int
    category: int | None
    upheld: bool
    departs: bool


class Compared(NamedTuple):
    """What was held against each other: ``pairs`` as listed, of so many decisions of
    the period the newest ``read``, and of those ``worded`` by their words too."""

    pairs: list[Pair]
    decided: int
    read: int
    worded: int


def decisions(days: Days) -> "QuerySet[Decision]":
    """First decisions that count in the fairness watch, the newest first."""
    return (
        rows.first_decisions(days.since, days.until)
        .using(settings.READ_DATABASE)
        .filter(complaint__barrier=Barrier.NONE, complaint__erased_at=None)
        .order_by("-issued_at", "-pk")
    )


def _rows(days: Days) -> list[Row]:
    columns = ("complaint_id", "complaint__category_id", "outcome", "departs")
    return [
        Row(case, category, outcome in UPHELD, departs)
        for case, category, outcome, departs in decisions(days).values_list(*columns)[
            :MOST_READ
        ]
    ]


# By group -----------------------------------------------------------------------------


def compare(days: Days, viewer: Viewer) -> Compared:
    """Like facts, unlike outcomes: the same incident, the same transaction or address,
    or the same topic in nearly the same words. Only cases the viewer sees."""
    found = _rows(days)
    whole = len(found) if len(found) < MOST_READ else decisions(days).count()
    seen = _seen(found, viewer)
    shown = {row.case: row for row in found if row.case in seen}
    topics = _by_topic(shown)
    alike: dict[tuple[int, int], Pair] = {}
    for why, yes, no in _alike(shown, seen, topics):
        one, other = sorted((yes, no))
        justified = shown[one].departs or shown[other].departs
        alike.setdefault((one, other), Pair(one, other, why, justified))
    listed = sorted(alike.values(), key=lambda pair: (pair.justified, -pair.other))
    return Compared(
        pairs=_not_too_often(listed)[:MOST_ALIKE],
        decided=whole,
        read=len(found),
        worded=sum(map(len, topics)),
    )


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


Unlike = Iterator[tuple[str, int, int]]
"""What is alike, a case that was upheld and one that was not."""


def _by_topic(shown: Mapping[int, Row]) -> list[list[int]]:
    """Cases of each topic, the newest of it."""
    by_topic: dict[int, list[int]] = defaultdict(list)
    for pk, row in shown.items():
        if row.category is not None:
            by_topic[row.category].append(pk)
    return [cases[:MOST_OF_A_TOPIC] for cases in by_topic.values()]


def _alike(
    shown: Mapping[int, Row], texts: Mapping[int, str], topics: Iterable[Sequence[int]]
) -> Unlike:
    joined = IncidentCase.objects.filter(removed_at=None).order_by("pk")
    members = joined.values_list("incident_id", "complaint_id")
    yield from _grouped("incident", members, shown)
    named = Identifier.objects.order_by("pk").values_list("value", "complaint_id")
    yield from _grouped("named", named.filter(complaint__in=list(shown)), shown)
    for cases in topics:
        yield from _near(cases, shown, texts)


def _parted(
    cases: Iterable[int], shown: Mapping[int, Row]
) -> tuple[list[int], list[int]]:
    """The upheld and the others, each once: of either side all agree anyway."""
    sides: tuple[list[int], list[int]] = ([], [])
    for pk in dict.fromkeys(cases):
        sides[0 if shown[pk].upheld else 1].append(pk)
    return sides


def _grouped(
    why: str, members: Iterable[tuple[object, int]], shown: Mapping[int, Row]
) -> Unlike:
    groups: dict[object, list[int]] = defaultdict(list)
    for key, case in members:
        if case in shown:
            groups[key].append(case)
    for cases in groups.values():
        yes, no = _parted(cases, shown)
        for one, other in product(yes[:MOST_ALIKE], no[:MOST_ALIKE]):
            yield why, one, other


def _near(
    cases: Sequence[int], shown: Mapping[int, Row], texts: Mapping[int, str]
) -> Unlike:
    words = {pk: frozenset(words_of(texts[pk][:2000])) for pk in cases}
    for one, other in product(*_parted(cases, shown)):
        both = words[one] | words[other]
        if both and len(words[one] & words[other]) >= NEAR * len(both):
            yield "words", one, other
