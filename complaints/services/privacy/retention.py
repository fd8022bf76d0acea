"""How long a case is kept, and what keeps it longer.

The profile of the day of receipt says how many years from which day (MiCA Art 68(9),
DISP 1.9.1R). A case that goes on is kept whatever its age; so is one under a hold.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, profiles
from complaints.clocks.instants import local_day
from complaints.clocks.limits import add_calendar_months
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.models import Complaint, Event, LegalHold
from complaints.permissions import Viewer, as_viewer
from complaints.states import FINAL_STATES
from complaints.transitions import Words
from teams.roles import Perm

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from teams.models import User

REASON_LIMIT = 2_000


def kept_until(case: Complaint) -> datetime | None:
    """The moment after which nothing asks to keep it; None while the case goes on."""
    rules = profiles.by_key(case.profile_key)
    begins = case.received_at if rules.retention.starts == "received" else _ended(case)
    if begins is None or case.state not in FINAL_STATES:
        return None
    ordered = settings.RETENTION_BY_ORDER
    years = rules.retention.most_years if ordered else rules.retention.years
    return add_calendar_months(begins, 12 * years, rules.timezone)


def why_kept(case: Complaint, now: datetime) -> Words:
    """Why it may not be erased at ``now``; empty where nothing is in the way."""
    until = kept_until(case)
    if until is None:
        return _("It is not finished (GDPR Art 17(3)(e)).")
    if now <= until:
        rules = profiles.by_key(case.profile_key)
        day = local_day(until, rules.timezone)
        return _("The law has it kept until %(day)s (GDPR Art 17(3)(b)).") % {
            "day": day.isoformat()
        }
    if LegalHold.objects.filter(complaint=case, lifted_at=None).exists():
        return _("It is kept for a legal dispute (GDPR Art 17(3)(e)).")
    return ""


def _ended(case: Complaint) -> datetime | None:
    """When the case came to rest for the last time."""
    ends = Event.objects.filter(
        object_type=Complaint.OBJECT_TYPE,
        object_id=case.pk,
        target__in=sorted(FINAL_STATES),
    ).exclude(source__in=sorted(FINAL_STATES))
    return ends.order_by("-at").values_list("at", flat=True).first()


def holds_any(viewer: Viewer) -> bool:
    """The head of complaints and legal: who may keep cases for a dispute."""
    return viewer.holds(Perm.HEAD) or viewer.holds(Perm.SIGN_LEGAL)


def holds_of(viewer: Viewer) -> "QuerySet[LegalHold]":
    """Those in force on cases that ``viewer`` sees, the newest first."""
    seen = Complaint.objects.visible_to(viewer).values("pk")
    rows = LegalHold.objects.filter(lifted_at=None, complaint__in=seen)
    return rows.select_related("complaint", "set_by").order_by("-set_at", "-pk")


def may_hold(complaint: Complaint, viewer: Viewer) -> bool:
    """The head of complaints, or legal, of a case they see."""
    seen = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk)
    return holds_any(viewer) and seen.exists()


@transaction.atomic
def hold(*, complaint: Complaint, reason: str, actor: "User | Viewer") -> LegalHold:
    """Keep it until the hold is lifted. Raises ``NotPermitted``, ``InvalidInput`` or
    ``IllegalMove``, for one that is erased already too: nobody is told it were kept."""
    words = reason.strip()
    if not words or len(words) > REASON_LIMIT:
        raise InvalidInput(_("Say for what it is kept."), field="reason")
    viewer, now = as_viewer(actor), timezone.now()
    row = _locked(complaint, viewer)
    if row.erased_at is not None:
        raise IllegalMove
    if LegalHold.objects.filter(complaint=complaint, lifted_at=None).exists():
        raise IllegalMove
    kept = LegalHold.objects.create(
        complaint=complaint, reason=words, set_by=viewer.user, set_at=now
    )
    ledger.append(complaint.stream, ledger.Entry("legal_hold_set", viewer, now))
    return kept


@transaction.atomic
def lift(*, complaint: Complaint, actor: "User | Viewer") -> None:
    """End the hold. Raises ``NotPermitted``, or ``IllegalMove`` where there is none."""
    viewer, now = as_viewer(actor), timezone.now()
    _locked(complaint, viewer)
    rows = LegalHold.objects.filter(complaint=complaint, lifted_at=None)
    if not rows.update(lifted_by=viewer.user, lifted_at=now):
        raise IllegalMove
    ledger.append(complaint.stream, ledger.Entry("legal_hold_lifted", viewer, now))


def _locked(complaint: Complaint, viewer: Viewer) -> Complaint:
    if not may_hold(complaint, viewer):
        raise NotPermitted
    return Complaint.objects.select_for_update().get(pk=complaint.pk)
