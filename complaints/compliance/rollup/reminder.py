"""Mail to the head of complaints while the figures of a month wait to be signed off."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override, pgettext

from complaints.compliance.models import Snapshot
from complaints.outbox import staff_notice
from teams.permissions import holders_of
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

PAGE = "admin:compliance_snapshot_changelist"
AGAIN = timedelta(days=7)
"""Between one mail about a month and the next."""


def waiting() -> "QuerySet[Snapshot]":
    """The newest version of each month, where nobody has signed it."""
    newest = Snapshot.objects.order_by().values("month").annotate(last=Max("pk"))
    return Snapshot.objects.filter(
        pk__in=newest.values("last"), signed_at=None
    ).order_by("month")


def remind(*, now: datetime | None = None) -> int:
    """Write to the head when a month is frozen, and each week until it is signed; how
    many notices there are by now of this week. One is told from another by its key."""
    moment = now or timezone.now()
    rows = list(waiting())
    heads = list(holders_of([Perm.HEAD])) if rows else []
    return sum(_remind(row, heads, moment) for row in rows)


def _remind(row: Snapshot, heads: "Iterable[User]", now: datetime) -> int:
    week = max(now - row.made_at, timedelta(0)) // AGAIN
    told = 0
    for head in heads:
        with override(head.language):
            month = date_format(row.month, pgettext("date format", "F Y"))
            body = gettext(
                "The figures of %(month)s are frozen (version %(version)d) and wait for"
                " your sign-off. Until then the dashboards show what is reckoned daily."
            ) % {"month": month, "version": row.version}
            staff_notice(
                key=f"figures:{row.pk}:{week}:{head.pk}",
                user=head,
                subject=gettext("The figures of a month wait for your sign-off"),
                body=f"{body}\n\n{settings.SITE_URL}{reverse(PAGE)}\n",
                complaint=None,
                now=now,
            )
        told += 1
    return told
