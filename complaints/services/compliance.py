"""Compliance looks again at what was decided: flagged categories, and a sample by lot.

The lot is an HMAC over the reference under the key of the ledger: nobody can tell
beforehand which case it falls on, nobody can move it, and whoever holds the key can
draw it again. Notes stand in the case for those who work on it; customers never read
them.
"""

import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, notifications
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import (
    Complaint,
    ComplianceCheck,
    ComplianceNote,
    Decision,
    DrawnFor,
    Event,
    SignOff,
)
from complaints.permissions import Viewer, as_viewer
from complaints.registry import Done
from complaints.services.effects import grant, revoke
from complaints.states import AccessKind, Barrier, SignOffRole
from teams.models import Team
from teams.roles import Perm
from teams.system import SCHEDULER, system_actor

if TYPE_CHECKING:
    from teams.models import User

LOOK_BACK = timedelta(days=45)
"""A decision older than that is drawn no more, whatever kept the scan."""

TIME = timedelta(days=30)
NOTE_LIMIT = 5_000
RULE_LIMIT = 200


# Drawing ------------------------------------------------------------------------------


def draw(*, now: datetime | None = None, limit: int = 500) -> int:
    """Draw from what was decided lately; how many cases are to be looked at again.

    A case is drawn once. Running twice, late or on two machines draws the same.
    """
    moment = now or timezone.now()
    found = islice(_drawn(moment), limit)
    return sum(_draw(case, why, moment) for case, why in found)


def _drawn(now: datetime) -> Iterator[tuple[Complaint, DrawnFor]]:
    since = now - LOOK_BACK
    decided = Decision.objects.filter(issued_at__gte=since).values("complaint")
    refused = Event.objects.filter(
        object_type="complaint", what="refuse_admission", at__gte=since
    )
    rows = Complaint.objects.filter(
        Q(pk__in=decided) | Q(pk__in=refused.values("object_id")),
        barrier=Barrier.NONE,
        compliance_check=None,
    )
    for case in rows.select_related("category").order_by("pk").iterator(500):
        if (why := reason_to_look(case)) is not None:
            yield case, why


def reason_to_look(case: Complaint) -> DrawnFor | None:
    """Its category asks for compliance, or the lot fell on it."""
    if case.category and SignOffRole.COMPLIANCE in case.category.sign_offs:
        return DrawnFor.FLAGGED
    drawn = lot_of(case.reference) < settings.COMPLIANCE_SAMPLE_PERCENT
    return DrawnFor.SAMPLE if drawn else None


def lot_of(reference: str) -> float:
    """From 0 to under 100, evenly spread."""
    said = f"compliance sample {reference}".encode()
    digest = hmac.digest(settings.LEDGER_KEY.encode(), said, "sha256")
    return int.from_bytes(digest[:6], "big") / 2**48 * 100


@transaction.atomic
def _draw(case: Complaint, why: DrawnFor, now: datetime) -> bool:
    ledger.lock(case.stream)
    viewer = Viewer(user=system_actor(SCHEDULER))
    _row, made = ComplianceCheck.objects.get_or_create(
        complaint=case,
        defaults={"why": why, "drawn_at": now, "due_on": (now + TIME).date()},
    )
    if made:
        team = Team.objects.get(code="compliance")
        code = Perm.SIGN_COMPLIANCE
        kind = AccessKind.COMPLIANCE
        grant(case, kind, by=viewer, now=now, team=team, codename=code)
        _record(case, "compliance_drawn", viewer, now, {"why": why})
    return made


# What compliance says -----------------------------------------------------------------


def may_advise(complaint: Complaint, viewer: Viewer) -> bool:
    """An officer who sees the case and has no stake in it."""
    officer = viewer.holds(Perm.SIGN_COMPLIANCE)
    tied = complaint.is_conflicted(viewer.user.pk) or viewer.is_party_to(complaint)
    return officer and not tied


def may_finish(complaint: Complaint, viewer: Viewer) -> bool:
    """The same, while the review is open."""
    return may_advise(complaint, viewer) and open_check(complaint) is not None


def open_check(complaint: Complaint) -> ComplianceCheck | None:
    """The review that is still to be done, None where there is none."""
    check: ComplianceCheck | None = getattr(complaint, "compliance_check", None)
    return check if check is not None and check.done_at is None else None


@transaction.atomic
def advise(
    *,
    complaint: Complaint,
    text: str,
    actor: "User | Viewer",
    rule: str = "",
    violation: bool = False,
    now: datetime | None = None,
) -> ComplianceNote:
    """Put advice into the case, or a potential violation with the rule it may offend.

    Raises ``NotVisible``, ``NotPermitted`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_may(complaint, viewer)
    if not text.strip() or len(text) > NOTE_LIMIT:
        words = _("Write what you found, in at most 5,000 characters.")
        raise InvalidInput(words, field="text", code="empty")
    if violation and not rule.strip():
        raise InvalidInput(_("Name the rule that may be offended."), field="rule")
    ledger.lock(complaint.stream)
    note = ComplianceNote.objects.create(
        complaint=complaint,
        violation=violation,
        rule=rule.strip()[:RULE_LIMIT],
        text=text.strip(),
        made_by=viewer.user,
        made_at=moment,
    )
    what = "violation_marked" if violation else "compliance_advised"
    _record(complaint, what, viewer, moment, {"note": note.pk}, text=note.text)
    return note


@transaction.atomic
def finish(
    *, complaint: Complaint, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """End the review; what was said stays, the team of compliance is out again.

    Whoever signed what is looked at does not find it good as well. Raises
    ``NotVisible``, ``NotPermitted`` or ``IllegalMove``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_may(complaint, viewer)
    ledger.lock(complaint.stream)
    if SignOff.objects.filter(
        decision__complaint=complaint, signer=viewer.user
    ).exists():
        raise NotPermitted(_("You signed this decision off; a colleague looks at it."))
    rows = ComplianceCheck.objects.filter(complaint=complaint, done_at=None)
    if not rows.update(done_at=moment, done_by=viewer.user):
        raise IllegalMove
    revoke(complaint, AccessKind.COMPLIANCE, now=moment)
    _record(complaint, "compliance_checked", viewer, moment, {})


def _ask_may(complaint: Complaint, viewer: Viewer) -> None:
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
    if not may_advise(complaint, viewer):
        raise NotPermitted


def _record(
    complaint: Complaint,
    what: str,
    viewer: Viewer,
    now: datetime,
    payload: dict[str, object],
    **texts: str,
) -> None:
    entry = ledger.Entry(what, viewer, now, payload, texts=texts)
    event = ledger.append(complaint.stream, entry)
    notifications.announce(Done.of_event(complaint, event, viewer))
