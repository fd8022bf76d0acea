"""The numbers of Art 8 RTS 2025/294 for a period: read only, from clocks and ledger.

Run again over the same rows they are the same, and so is their checksum. Cases behind
a barrier count in totals and stand as "restricted" instead of under a topic; small
cells of topic by outcome are hidden, and what would give them away.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    Avg,
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from complaints.compliance import rows
from complaints.models import Clock, Complaint, Event
from complaints.states import Barrier

SMALLEST = 10
RESTRICTED = "restricted"
OF_NOW = frozenset({"at", "open", "overdue", "restricted_open"})
"""Figures of the moment of reading; they say nothing about the period."""


@dataclass(frozen=True)
class StepFigures:
    """One step: how many ended and their mean time; how many fell due and were late."""

    step: str
    finished: int
    mean_seconds: int | None
    due: int
    late: int


@dataclass(frozen=True)
class Figures:
    """All figures of [since, until), as they stood at ``at``.

    ``topics`` and ``outcomes`` map a code to a count, RESTRICTED among them.
    ``cells`` maps topic and outcome to a count, None where it is hidden.
    """

    since: datetime
    until: datetime
    at: datetime
    received: int
    steps: tuple[StepFigures, ...]
    topics: dict[str, int]
    outcomes: dict[str, int]
    cells: dict[str, dict[str, int | None]]
    breaches: int
    open: int
    overdue: int
    restricted_open: int

    @property
    def concluded(self) -> int:
        return sum(self.outcomes.values())

    def checksum(self) -> str:
        """SHA-256 over the numbers of the period, without what only stands now."""
        numbers = {k: v for k, v in asdict(self).items() if k not in OF_NOW}
        text = json.dumps(numbers, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def read(since: datetime, until: datetime, at: datetime) -> Figures:
    """Everything in a fixed number of queries. Moments are aware."""
    received = _cases().filter(rows.received(since, until))
    concluded = _concluded(since, until)
    outcomes = Counter[str]()
    for (_topic, outcome), n in concluded.items():
        outcomes[outcome] += n
    now = _cases().aggregate(
        open=Count("pk", filter=rows.working()),
        overdue=Count("pk", filter=rows.overdue(at)),
        restricted=Count("pk", filter=rows.working() & ~rows.OPEN_TO_REVIEW),
    )
    return Figures(
        since=since,
        until=until,
        at=at,
        received=received.count(),
        steps=_steps(since, until, at),
        topics=_by_topic(received),
        outcomes=dict(outcomes),
        cells=_cells(concluded),
        breaches=_breaches(since, until),
        open=now["open"],
        overdue=now["overdue"],
        restricted_open=now["restricted"],
    )


def _cases() -> "QuerySet[Complaint]":
    return Complaint.objects.using(settings.READ_DATABASE)


def _breaches(since: datetime, until: datetime) -> int:
    """Missed limits as the scans wrote them on the ledger."""
    events = Event.objects.using(settings.READ_DATABASE)
    return events.filter(what="breach", at__gte=since, at__lt=until).count()


def _by_topic(cases: "QuerySet[Complaint]") -> dict[str, int]:
    grouped = cases.order_by().annotate(topic=_topic()).values("topic")
    return dict(grouped.annotate(n=Count("pk")).values_list("topic", "n"))


def _topic(prefix: str = "") -> Case:
    """The main topic of a case in SQL; what stands behind a barrier shows none."""
    own = (f"{prefix}category__parent__code", f"{prefix}category__code")
    return Case(
        When(~Q(**{f"{prefix}barrier": Barrier.NONE}), then=Value(RESTRICTED)),
        default=Coalesce(*own, Value(rows.NO_TOPIC)),
    )


def _steps(since: datetime, until: datetime, at: datetime) -> tuple[StepFigures, ...]:
    clocks = Clock.objects.using(settings.READ_DATABASE)
    took = ExpressionWrapper(
        F("stopped_at") - F("started_at"), output_field=DurationField()
    )
    ended = _by_step(
        clocks.filter(rows.finished(since, until)), n=Count("pk"), mean=Avg(took)
    )
    due = _by_step(
        clocks.filter(rows.fell_due(since, until, at)),
        n=Count("pk"),
        late=Count("pk", filter=rows.late(at)),
    )
    return tuple(
        _step(step, ended.get(step, {}), due.get(step, {})) for step in rows.STEPS
    )


def _by_step(clocks: "QuerySet[Clock]", **sums: Any) -> dict[str, dict[str, Any]]:
    grouped = clocks.order_by().values("step").annotate(**sums)
    return {row["step"]: dict(row) for row in grouped}


def _step(step: str, ended: Mapping[str, Any], due: Mapping[str, Any]) -> StepFigures:
    mean: timedelta | None = ended.get("mean")
    return StepFigures(
        step=str(step),
        finished=ended.get("n", 0),
        mean_seconds=round(mean.total_seconds()) if mean is not None else None,
        due=due.get("n", 0),
        late=due.get("late", 0),
    )


def _concluded(since: datetime, until: datetime) -> Counter[tuple[str, str]]:
    """How many came to each outcome in the period, by topic."""
    found = Counter[tuple[str, str]]()
    decided = rows.first_decisions(since, until).using(settings.READ_DATABASE)
    pairs = decided.order_by().annotate(topic=_topic("complaint__"))
    grouped = pairs.values("topic", "outcome").annotate(n=Count("pk"))
    _add(found, grouped.values_list("topic", "outcome", "n"))
    events = rows.moves(since, until).using(settings.READ_DATABASE)
    moved = list(events.values_list("object_id", "what"))
    topics = dict(
        _cases()
        .filter(pk__in=events.values("object_id"))
        .annotate(topic=_topic())
        .values_list("pk", "topic")
    )
    names = {move: code for code, move in rows.MOVES.items()}
    for pk, what in moved:
        found[topics[pk or 0], names[what]] += 1
    return found


def _add(found: Counter[tuple[str, str]], grouped: Iterable[Any]) -> None:
    for topic, outcome, n in grouped:
        found[topic, outcome] += n


def _cells(
    concluded: Mapping[tuple[str, str], int],
) -> dict[str, dict[str, int | None]]:
    """Every topic by every outcome; fewer than ten cases are hidden, none too."""
    topics = sorted({topic for topic, _outcome in concluded})
    columns = {
        code: _shown({topic: concluded.get((topic, code), 0) for topic in topics})
        for code in rows.OUTCOMES
    }
    return {
        topic: {code: columns[code][topic] for code in rows.OUTCOMES}
        for topic in topics
    }


def _shown(column: Mapping[str, int]) -> dict[str, int | None]:
    """One outcome by topic, None where it is hidden.

    The total stands below, so what is hidden comes to ten or more together: else the
    smallest of the others is hidden as well, until it does or nothing is left.
    """
    by_size = sorted(column, key=lambda topic: (column[topic], topic))
    hidden: set[str] = set()
    for topic in by_size:
        told = hidden and sum(column[other] for other in hidden) < SMALLEST
        if column[topic] < SMALLEST or told:
            hidden.add(topic)
    return {topic: None if topic in hidden else n for topic, n in column.items()}
