"""Unlike decisions on like facts: first decisions held against each other, by pairs.

Cases behind a barrier and of erased customers are none of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

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


def pairs(days: Days, viewer: Viewer) -> list[Pair]:
    """Like facts, unlike outcomes: the same incident, the same transaction or address,
    or the same topic in nearly the same words. Only cases the viewer sees."""
    found = _rows(days)
    seen = _seen(found, viewer)
    shown = {row.case: row for row in found if row.case in seen}
    alike: dict[tuple[int, int], Pair] = {}
    for why, cases in _alike(shown, seen):
        for one, other in combinations(sorted(set(cases)), 2):
            if shown[one].upheld != shown[other].upheld:
                justified = shown[one].departs or shown[other].departs
                alike.setdefault((one, other), Pair(one, other, why, justified))
    listed = sorted(alike.values(), key=lambda pair: (pair.justified, -pair.other))
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
