"""What compliance found when it looked again, for a period; counts alone.

A case counts once by its newest mark, whatever was marked in it before.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q

from complaints.models import ComplianceCheck, ComplianceNote


@dataclass(frozen=True)
class SecondLooks:
    """``drawn`` and ``done`` reviews of [since, until); ``violations`` are cases with a
    potential violation marked in it, whether a review was open or not."""

    drawn: int
    done: int
    violations: int


def second_looks(since: datetime, until: datetime) -> SecondLooks:
    """In two queries."""
    checks = ComplianceCheck.objects.using(settings.READ_DATABASE).aggregate(
        drawn=Count("pk", filter=Q(drawn_at__gte=since, drawn_at__lt=until)),
        done=Count("pk", filter=Q(done_at__gte=since, done_at__lt=until)),
    )
    notes = ComplianceNote.objects.using(settings.READ_DATABASE).filter(
        violation=True, made_at__gte=since, made_at__lt=until
    )
    found = notes.values("complaint").distinct().count()
    return SecondLooks(checks["drawn"], checks["done"], found)
