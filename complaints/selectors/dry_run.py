"""Routing rules tried on what came before: where cases would have gone, and where they
ended. Counts alone: no case is named, and none behind a barrier is counted.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from complaints.models import Complaint
from complaints.states import SEVERITY_ORDER, Barrier, State
from teams.models import RoutingRule, Team
from teams.routing import FALLBACK, Facts, first_match

MOST: Final = 2_000


@dataclass(frozen=True)
class Tried:
    """One rule, None for what none fits; ``right`` of ``cases`` ended at its team."""

    rule: RoutingRule | None
    team: Team
    on: bool
    cases: int
    right: int


@dataclass(frozen=True)
class Astray:
    """Cases that would have begun at one team and ended at another."""

    first: Team
    last: Team
    cases: int


@dataclass(frozen=True)
class DryRun:
    cases: int
    right: int
    tried: list[Tried]
    astray: list[Astray]


def dry_run(switched: Collection[int] = ()) -> DryRun:
    """The latest triaged cases by the rules as they are, but for those ``switched``:
    these count as on where they are off, and the other way round. Three queries."""
    teams = {team.pk: team for team in Team.objects.all()}
    rules = list(RoutingRule.objects.select_related("team"))
    on = [rule for rule in rules if rule.active != (rule.pk in switched)]
    fallback = next(team for team in teams.values() if team.code == FALLBACK)
    sent, right = Counter[int | None](), Counter[int | None]()
    ways = Counter[tuple[int, int]]()
    for facts, ended in _past():
        rule = first_match(on, facts, SEVERITY_ORDER)
        key, team = (rule.pk, rule.team_id) if rule else (None, fallback.pk)
        sent[key] += 1
        right[key] += team == ended
        ways[team, ended] += 1
    lines: list[RoutingRule | None] = [*rules, None]
    tried = [
        Tried(
            rule=rule,
            team=rule.team if rule else fallback,
            on=rule is None or rule in on,
            cases=sent[rule.pk if rule else None],
            right=right[rule.pk if rule else None],
        )
        for rule in lines
    ]
    astray = [
        Astray(teams[first], teams[last], n)
        for (first, last), n in ways.most_common()
        if first != last
    ]
    return DryRun(sent.total(), right.total(), tried, astray)


def _past() -> list[tuple[Facts, int]]:
    """What the rules would have looked at, and the team each case ended with."""
    rows = Complaint.objects.filter(barrier=Barrier.NONE, category__isnull=False)
    known = rows.exclude(state=State.RECEIVED).order_by("-pk")[:MOST]
    columns: Any = known.values_list(
        "category__code",
        "severity",
        "language",
        "reporting_value",
        "funds_at_risk",
        "team_id",
    )
    return [(Facts(*facts), team) for *facts, team in columns]
