"""Paper that waits: once a day whoever posts it is told how much there is.

Support posts for every team, so its leads hear of it; the heads too once a letter has
waited for days. A notice has a key of day and person: scanning twice tells once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext

from complaints import outbox
from complaints.models import LetterDispatch, Outbox
from complaints.services.escalation import Desk
from complaints.services.intake import SUPPORT
from teams.models import User

WAITS = timedelta(days=1)
"""After this a letter on paper should have been posted."""

LONG = timedelta(days=3)
"""After this the heads of the desk hear of it."""


def remind(*, now: datetime) -> int:
    """Tell who posts that letters wait; how many letters. One query where none do."""
    late = LetterDispatch.objects.open().filter(asked_at__lte=now - WAITS)
    found = late.aggregate(count=Count("pk"), oldest=Min("asked_at"))
    if found["count"]:
        people = _told(now - found["oldest"] > LONG)
        rows = (_notice(one, found["count"], found["oldest"], now) for one in people)
        outbox.put_all(list(rows))
    return int(found["count"])


def _told(heads: bool) -> Iterable[User]:
    desk = Desk.read()
    leads = list(desk.leads.get(desk.teams[SUPPORT], ())) or list(desk.heads)
    people = [*leads, *(desk.heads if heads else ())]
    return {person.pk: person for person in people if person.email}.values()


def _notice(user: User, count: int, oldest: datetime, now: datetime) -> Outbox:
    with translation.override(user.language):
        words = ngettext(
            "%(count)d letter waits to be printed and posted, since %(day)s.",
            "%(count)d letters wait to be printed and posted, the oldest since "
            "%(day)s.",
            count,
        )
        day = date_format(oldest, pgettext("date format", "j F Y"))
        said = words % {"count": count, "day": day}
        subject = gettext("Letters to post")
    url = settings.SITE_URL + reverse("admin:complaints_complaint_paper")
    return Outbox(
        key=f"paper:{now.date()}:{user.pk}",
        kind=outbox.STAFF,
        recipient=user.email,
        recipient_name=user.get_full_name(),
        subject=subject,
        body=f"{said}\n\n{url}",
        due_at=now,
        created_at=now,
    )
