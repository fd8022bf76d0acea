"""Filing: one complaint with one number, its clocks, its event and its receipt."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints import batch, ledger, notifications, profiles, timing
from complaints.errors import KeyReused
from complaints.models import Clock, Complaint, Event, Letter, Party
from complaints.permissions import Viewer, as_viewer
from complaints.registry import Done
from complaints.services import search
from complaints.services.intake.filing import (
    Filing,
    check,
    fingerprint,
    masked,
    scoped_key,
    warn,
)
from complaints.services.intake.parties import met
from complaints.services.intake.rows import know, rows_of
from complaints.states import Severity, Step
from config.memory import remembered
from teams.models import Team

if TYPE_CHECKING:
    from teams.models import User

SUPPORT = "support"

Beside = Callable[[Complaint], ledger.Entry] | None


def file_complaint(
    *,
    filing: Filing,
    actor: "User | Viewer",
    now: datetime | None = None,
    beside: Beside = None,
) -> Complaint:
    """Register a complaint and acknowledge it, in one transaction.

    The same ``idempotency_key`` of the same customer gives the same complaint.
    ``beside`` is what else goes on its ledger at once: where it came from.
    Raises ``InvalidInput`` for what cannot be kept, ``KeyReused`` as ``Filing`` says.
    """
    filing = masked(filing)
    try:
        return _file(filing, as_viewer(actor), now or timezone.now(), beside)
    except IntegrityError:
        known = _already_filed(filing)
        if known is None:
            # Its number was drawn before; should it be anything else, it comes again.
            return _file(filing, as_viewer(actor), now or timezone.now(), beside)
        if filing.exact and not _was_filed_as(known, filing):
            raise KeyReused(known) from None
        return known


def _already_filed(filing: Filing) -> Complaint | None:
    if not filing.idempotency_key:
        return None
    return Complaint.objects.filter(idempotency_key=scoped_key(filing)).first()


def _was_filed_as(complaint: Complaint, filing: Filing) -> bool:
    """Whether ``complaint`` came of exactly this filing, sent once more."""
    event = Event.objects.filter(stream=complaint.stream, what="file").first()
    kept = event.payload.get("request") if event else None
    return bool(kept == fingerprint(filing))


@transaction.atomic
def _file(
    filing: Filing, viewer: Viewer, now: datetime, beside: Beside = None
) -> Complaint:
    with batch.together(Complaint, Letter):
        complaint = _register(filing, viewer, now, beside)
        batch.flush()
    warn(complaint, filing, now)
    return complaint


def _register(
    filing: Filing, viewer: Viewer, now: datetime, beside: Beside
) -> Complaint:
    check(filing, now)
    complaint = _complaint(filing, viewer, now)
    clocks = timing.start_first(complaint, now=now)
    first = min((c for c in clocks if c.step != Step.ACKNOWLEDGE), key=_due)
    complaint.next_due_at, complaint.next_due_step = first.due_at, first.step
    batch.number(complaint)
    batch.add(*met(filing.customer), complaint)
    points = filing.points or (filing.subject,)
    rows = rows_of(complaint, filing, clocks, points)
    batch.add(*chain.from_iterable(rows.values()))
    entry = ledger.Entry("file", viewer, now, payload=_facts(complaint, points, filing))
    others = [beside(complaint)] if beside else []
    event = ledger.begin(complaint.stream, [entry, *others])[0]
    named = [identifier.value for identifier in rows["identifiers"]]
    search.keep(search.of_complaint(complaint, named))
    know(complaint, rows)
    notifications.announce(
        Done(complaint, "file", viewer, {}, now, event, "", complaint.state)
    )
    know(complaint, {"clocks": rows["clocks"]})
    return complaint


def _due(clock: Clock) -> datetime:
    return clock.due_at


def _complaint(filing: Filing, viewer: Viewer, now: datetime) -> Complaint:
    received = filing.received_at or now
    profile = profiles.choose(filing.customer.country, "", received.date())
    severity = filing.category.default_severity if filing.category else Severity.NORMAL
    return Complaint(
        customer=filing.customer,
        channel=filing.channel,
        language=filing.language,
        received_at=received,
        recorded_at=now,
        recorded_by=viewer.user,
        idempotency_key=scoped_key(filing),
        subject=_subject(filing),
        description=filing.description,
        desired_outcome=filing.desired_outcome,
        asset=filing.asset.upper(),
        amount=filing.amount,
        reporting_value=filing.reporting_value,
        category=filing.category,
        severity=Severity.CRITICAL if filing.funds_at_risk else severity,
        funds_at_risk=filing.funds_at_risk,
        team=_support(),
        profile_key=profile.key,
        account_tier=_tier(filing.customer, viewer),
        privacy_notice_version=profile.privacy_notice_version,
        procedure_version=profile.procedure_version,
        **filing.details,
    )


def _tier(customer: Party, viewer: Viewer) -> str:
    """The level of the account on this day, where the customer has one here."""
    if customer.user_id is None:
        return ""
    own = customer.user_id == viewer.user.pk
    user = viewer.user if own else customer.user
    return user.account_tier if user else ""


@remembered
def _support() -> Team:
    """The team that hears of everything first."""
    return Team.objects.select_related("calendar").get(code=SUPPORT)


def _subject(filing: Filing) -> str:
    subject = " ".join(filing.subject.split())
    return (subject or " ".join(filing.description.split()))[:200]


def _facts(
    complaint: Complaint, points: Iterable[str], filing: Filing
) -> dict[str, Any]:
    request = {"request": fingerprint(filing)} if filing.idempotency_key else {}
    return {
        **request,
        "channel": complaint.channel,
        "language": complaint.language,
        "received_at": complaint.received_at,
        "profile": complaint.profile_key,
        "category": complaint.category.code if complaint.category else "",
        "funds_at_risk": complaint.funds_at_risk,
        "points": len(tuple(points)),
    }
