"""How often first decisions are appealed and do not stand, by the month and the team
that made them: a late appeal counts where the decision was made, not where it came."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from complaints.models import Decision
from complaints.states import RulingOutcome
from teams.models import Team

FEW = 10
"""Under so many rulings a share says nothing and may point at one person."""

MONTHS = 24
NOT_STANDING = (
    RulingOutcome.VARIED,
    RulingOutcome.OVERTURNED,
    RulingOutcome.REMITTED,
)


@dataclass(frozen=True)
class Cohort:
    """The first decisions of one team in a month. ``changed`` are rulings that varied,
    overturned or remitted; barred cases are counted and nowhere named."""

    month: date
    team: Team
    issued: int
    appealed: int
    ruled: int
    changed: int

    @property
    def share(self) -> int | None:
        """Per cent of rulings that changed the decision; None under ``FEW``."""
        return round(100 * self.changed / self.ruled) if self.ruled >= FEW else None


def cohorts(now: datetime) -> list[Cohort]:
    """Newest month first; two statements, however many cases there are."""
    since = date(now.year - MONTHS // 12, now.month, 1)
    teams = {team.pk: team for team in Team.objects.all()}
    return [
        Cohort(
            month=row["month"].date(),
            team=teams[row["complaint__team"]],
            issued=row["issued"],
            appealed=row["appealed"],
            ruled=row["ruled"],
            changed=row["changed"],
        )
        for row in _rows(since)
    ]


def _rows(since: date) -> list[Any]:
    """One appeal a decision at most, so that the join counts no decision twice."""
    ruled = Q(appeals__ruled_at__isnull=False)
    rows = Decision.objects.filter(on_appeal=False, issued_at__date__gte=since)
    counted = (
        rows.annotate(month=TruncMonth("issued_at"))
        .values("month", "complaint__team")
        .annotate(
            issued=Count("pk"),
            appealed=Count("appeals"),
            ruled=Count("appeals", filter=ruled),
            changed=Count(
                "appeals", filter=ruled & Q(appeals__outcome__in=NOT_STANDING)
            ),
        )
    )
    return list(counted.order_by("-month", "complaint__team"))
