"""What runs out: competences, memberships, the time since somebody looked who is in.

Each notice is told apart by its key, so a scan that runs twice, late or on two
machines says each thing once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext, override

from complaints.outbox import staff_notice
from teams.access import due
from teams.models import Competence, Membership, User
from teams.permissions import holders_of
from teams.roles import Perm, Role
from teams.zones import zone

BEFORE = (30, 7, 0)
"""Days before the end on which it is said; 0 is the day itself."""

ENDING = timedelta(days=7)


def remind(*, now: datetime | None = None) -> int:
    """Write what is due to be said; how many notices that were (known ones too)."""
    moment = now or timezone.now()
    return _of_competences(moment) + _of_memberships(moment) + _of_access_review(moment)


# Competences --------------------------------------------------------------------------


def _of_competences(now: datetime) -> int:
    """To the person and to who leads a team of theirs."""
    today = localdate(now)
    rows = Competence.objects.filter(
        valid_until__gte=today,
        valid_until__lte=today + timedelta(days=max(BEFORE)),
        user__is_active=True,
    ).select_related("user")
    told = 0
    for row in rows.order_by("pk"):
        if not _is_renewed(row):
            told += _tell_of(row, (row.valid_until - today).days, now)
    return told


def _is_renewed(row: Competence) -> bool:
    later = Competence.objects.filter(
        user=row.user, title=row.title, category=row.category
    )
    return later.filter(valid_until__gt=row.valid_until).exists()


def _tell_of(row: Competence, left: int, now: datetime) -> int:
    level = min(step for step in BEFORE if step >= left)
    people = {row.user, *_leads_of(row.user, now)}
    for person in sorted(people, key=lambda one: one.pk):
        with override(person.language):
            staff_notice(
                key=f"competence:{row.pk}:{level}:{person.pk}",
                user=person,
                subject=gettext("A training runs out"),
                body=gettext(
                    "“%(title)s” of %(person)s is valid until %(day)s. After that day "
                    "no case it is for is given to them until it is renewed."
                )
                % {
                    "title": row.title,
                    "person": row.user,
                    "day": date_format(row.valid_until, "DATE_FORMAT"),
                },
                complaint=None,
                now=now,
            )
    return len(people)


def _leads_of(user: User, now: datetime) -> Iterable[User]:
    teams = user.memberships.live(now).values("team")
    seats = Membership.objects.live(now).filter(team__in=teams, role=Role.LEAD)
    return User.objects.filter(memberships__in=seats, is_active=True).distinct()


# Memberships --------------------------------------------------------------------------


def _of_memberships(now: datetime) -> int:
    """To the person whose access ends soon, once."""
    rows = Membership.objects.live(now).filter(
        until__lte=now + ENDING, user__is_active=True
    )
    for row in rows.select_related("user", "team").order_by("pk"):
        with override(row.user.language), timezone.override(zone(row.user.time_zone)):
            ends = timezone.localtime(row.until)
            staff_notice(
                key=f"membership:{row.pk}:{row.until:%Y%m%d%H%M}",
                user=row.user,
                subject=gettext("Access that you have ends"),
                body=gettext(
                    "%(role)s, %(team)s: this ends by itself on %(when)s. If you need "
                    "it longer, ask whoever gave it to you."
                )
                % {
                    "role": row.get_role_display(),
                    "team": row.team,
                    "when": date_format(ends, "DATETIME_FORMAT"),
                },
                complaint=None,
                now=now,
            )
    return len(rows)


# The review of access -----------------------------------------------------------------


def _of_access_review(now: datetime) -> int:
    """To the head of complaints, once a month while anything waits for a look."""
    rows = Membership.objects.live(now).filter(user__is_active=True)
    number = len(due(rows, now))
    if not number:
        return 0
    heads = list(holders_of([Perm.HEAD]))
    page = settings.SITE_URL + reverse("admin:complaints_complaint_access")
    for head in heads:
        with override(head.language):
            words = ngettext(
                "%(n)d role was confirmed by nobody for 90 days. Confirm or revoke it.",
                "%(n)d roles were confirmed by nobody for 90 days. Confirm or revoke "
                "each.",
                number,
            )
            staff_notice(
                key=f"access_review:{now:%Y-%m}:{head.pk}",
                user=head,
                subject=gettext("Who can see what: please look"),
                body=f"{words % {'n': number}}\n\n{page}\n",
                complaint=None,
                now=now,
            )
    return len(heads)
