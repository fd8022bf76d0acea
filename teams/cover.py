"""Who stands in for whom: what ``Absence.covered_by`` means for work and notices.

One step only: whoever stands in and is away too stands in for nobody.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from teams.models import Absence, User


def away(at: datetime) -> Q:
    """Condition on absences: those that go on at ``at``."""
    return Q(starts_at__lte=at, ends_at__gt=at)


def covered(at: datetime) -> QuerySet[Absence]:
    """Absences in which somebody who is here looks after the work."""
    gone_too = Absence.objects.filter(away(at), user=OuterRef("covered_by"))
    return Absence.objects.filter(
        away(at), ~Exists(gone_too), covered_by__is_active=True
    )


def stand_ins(people: Collection[int], at: datetime) -> dict[int, User]:
    """Who covers for each of ``people`` at ``at``, by primary key; one query.

    Of several absences at once the one that ends last counts.
    """
    if not people:
        return {}
    rows = covered(at).filter(user__in=people).select_related("covered_by")
    return {
        row.user_id: row.covered_by
        for row in rows.order_by("ends_at", "pk")
        if row.covered_by is not None
    }
