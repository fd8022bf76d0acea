"""Who hears of an improvement action that is due, or can be judged."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from complaints.models import ImprovementAction, Progress
from complaints.outbox import staff_notice
from complaints.services.improvement_effect import SETTLE, WEEKS
from teams.permissions import holders_on
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

BEFORE_DUE = timedelta(days=7)
AGAIN = timedelta(days=7)


def remind(*, now: datetime | None = None) -> int:
    """Write to owners a week before, on the day and each week after, then to the
    leads too; and to the leads once it can be told whether it helped. How many rows
    were claimed."""
    moment = now or timezone.now()
    today = moment.date()
    due = ImprovementAction.objects.filter(
        state=Progress.OPEN, due_on__lte=today + BEFORE_DUE
    )
    told = 0
    for action in due.select_related("owner", "team").order_by("pk"):
        told += _remind(action, today, moment)
    ready = ImprovementAction.objects.filter(
        state=Progress.DONE, done_at__lte=moment - timedelta(weeks=WEEKS) - SETTLE
    )
    for action in ready.select_related("owner", "team").order_by("pk"):
        told += _ask_to_verify(action, today, moment)
    return told


@transaction.atomic
def _remind(action: ImprovementAction, today: date, now: datetime) -> bool:
    last, late = action.reminded_on, today >= action.due_on
    again = last is None or today - last >= AGAIN or (late and last < action.due_on)
    if not again or not _mark(action, today):
        return False
    leads = list(holders_on(action.team, Perm.LEAD, now)) if late else []
    for user in {one.pk: one for one in (action.owner, *leads)}.values():
        with override(user.language):
            words = (
                gettext("“%(title)s” was to be done by %(day)s and is not.")
                if today > action.due_on
                else gettext("“%(title)s” is to be done by %(day)s.")
            )
            _say(action, user, gettext("An improvement is due"), words, today, now)
    return True


@transaction.atomic
def _ask_to_verify(action: ImprovementAction, today: date, now: datetime) -> bool:
    last = action.reminded_on
    if last is not None and today - last < AGAIN:
        return False
    if not _mark(action, today):
        return False
    for user in holders_on(action.team, Perm.LEAD, now):
        with override(user.language):
            words = gettext(
                "“%(title)s” was done long enough ago to see whether its cause fell."
            )
            subject = gettext("Did the improvement help?")
            _say(action, user, subject, words, today, now)
    return True


def _mark(action: ImprovementAction, today: date) -> bool:
    rows = ImprovementAction.objects.filter(
        pk=action.pk, state=action.state, reminded_on=action.reminded_on
    )
    return bool(rows.update(reminded_on=today))


def _say(
    action: ImprovementAction,
    user: "User",
    subject: str,
    words: str,
    today: date,
    now: datetime,
) -> None:
    url = reverse("admin:complaints_improvementaction_change", args=(action.pk,))
    day = date_format(action.due_on, "DATE_FORMAT")
    staff_notice(
        key=f"improvement:{action.pk}:{today}:{user.pk}",
        user=user,
        subject=subject,
        body=f"{words % {'title': action.title, 'day': day}}\n\n"
        f"{settings.SITE_URL}{url}\n",
        complaint=None,
        now=now,
    )
