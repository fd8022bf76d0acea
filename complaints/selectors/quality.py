"""What became of the weekly looks at quality, for those who lead."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Avg, Count

from complaints.models import QualityDraw
from teams.models import Team

WEEKS: Final = 8


@dataclass(frozen=True)
class Week:
    """One week of a team. ``result`` is the mean of what was scored, 0 to 100."""

    monday: date
    finished: int
    drawn: int
    done: int
    result: int | None


def weeks_of(team: Team) -> list[Week]:
    """The last ``WEEKS`` samples, newest first; one query."""
    rows = QualityDraw.objects.filter(team=team).annotate(
        drawn=Count("reviews"),
        done=Count("reviews__done_at"),
        mean=Avg("reviews__result"),
    )
    return [
        Week(
            row.week,
            row.finished,
            row.drawn,
            row.done,
            None if row.mean is None else int(row.mean + 0.5),
        )
        for row in rows.order_by("-week")[:WEEKS]
    ]
