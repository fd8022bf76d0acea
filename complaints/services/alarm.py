"""The alarm: money or access is at risk, and security hears of it at once.

Filing writes one row beside the receipt and asks nothing; the relay finds out who is
there and writes to each.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, override

from complaints import outbox
from complaints.models import Complaint, Outbox
from complaints.outbox import STAFF, Undeliverable
from complaints.permissions import as_staff, viewer_of
from complaints.registry import Done, effect
from complaints.states import OPEN_STATES, Channel
from teams.models import Absence, User
from teams.permissions import holders_of
from teams.roles import Perm


@effect("complaint", "admit")
def sound_when_found(done: Done) -> None:
    """What triage finds to be at risk rings as what a customer says does."""
    case = done.obj
    known = Outbox.objects.filter(complaint=case, kind=outbox.ALARM)
    if case.funds_at_risk and not known.exists():
        cause = f"{done.event.stream}#{done.event.seq}"
        outbox.sound_alarm(case, cause=cause, now=done.now)


def sound(row: Outbox) -> None:
    """Write to everybody who watches over cases at risk and may see this one.

    Those who are away are left out unless everybody is. Nothing is written once the
    case is closed. Raises ``Undeliverable`` where there is nobody to tell.
    """
    complaint = row.complaint
    if complaint is None or complaint.state not in OPEN_STATES:
        return
    watch = [user for user in _watch() if _sees(user, complaint)]
    if not watch:
        raise Undeliverable("Nobody watches over cases at risk.")
    away = _away(watch, timezone.now())
    present = [user for user in watch if user.pk not in away]
    outbox.put_all([_notice(row, complaint, user) for user in present or watch])


def _watch() -> Iterable[User]:
    return holders_of([Perm.VIEW_AT_RISK]).exclude(email="")


def _sees(user: User, complaint: Complaint) -> bool:
    seen = Complaint.objects.visible_to(as_staff(viewer_of(user)))
    return bool(seen.filter(pk=complaint.pk).exists())


def _away(people: Iterable[User], now: datetime) -> set[int]:
    gone = Q(starts_at__lte=now, ends_at__gt=now, user__in=people)
    return set(Absence.objects.filter(gone).values_list("user_id", flat=True))


def _notice(row: Outbox, complaint: Complaint, user: User) -> Outbox:
    page = settings.SITE_URL + outbox.case_page(complaint.pk)
    with override(user.language):
        subject = gettext("%(reference)s: at risk now")
        body = gettext(
            "A customer says that money or access is at risk right now. Open the case "
            "and protect the account first: %(url)s"
        )
    return Outbox(
        key=f"{row.key}:{user.pk}",
        kind=STAFF,
        complaint=complaint,
        user=user,
        channel=Channel.EMAIL,
        recipient=user.email,
        recipient_name=user.get_full_name(),
        subject=subject % {"reference": complaint.reference},
        body=body % {"url": page},
        due_at=row.due_at,
        created_at=row.created_at,
    )
