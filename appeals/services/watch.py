"""The nightly look at independence.

Database and guards refuse what is wrong; this names what got past them, or became wrong
afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.arbitrators import is_independent
from appeals.independence import IN_HAND, acted, dependence
from appeals.models import Appeal, ArbitratorSeat
from appeals.models.referral import UNDECIDED
from appeals.services.reviewers import router
from complaints import ledger, notifications
from complaints.models import Event
from complaints.registry import Done
from teams.models import User

NAMED = "independence_violated"


@dataclass(frozen=True)
class Violation:
    """Somebody who hears, or heard, an appeal and is not independent of it."""

    appeal: Appeal
    user: User
    reason: str | Promise

    def __str__(self) -> str:
        return f"{self.appeal}: {self.user}: {self.reason}"


def violations() -> Iterator[Violation]:
    """All of them. What goes on is held to all rules; what is ruled, to those facts
    alone that stood then: who acted, and who made the first decision."""
    rows = Appeal.objects.exclude(reviewer=None).select_related(
        "complaint__customer", "reviewer", "decision"
    )
    for appeal in rows.order_by("pk").iterator(chunk_size=200):
        reviewer = appeal.reviewer
        assert reviewer is not None  # noqa: S101 - the query says so
        seats = appeal.seats.filter(left_at=None).select_related("user")
        for user in (reviewer, *(seat.user for seat in seats)):
            for reason in _reasons(appeal, user):
                yield Violation(appeal, user, reason)


def _reasons(appeal: Appeal, user: User) -> Iterator[str | Promise]:
    if appeal.state in IN_HAND:
        yield from dependence(appeal, user)
        return
    if acted(appeal, user):
        yield _("This person acted on the case before.")
    if appeal.decision and _made(appeal, user):
        yield _("This person decided the case.")


def _made(appeal: Appeal, user: User) -> bool:
    decision = appeal.decision
    signed = decision.sign_offs.filter(signer=user) if decision else None
    proposed = decision is not None and decision.proposed_by_id == user.pk
    return proposed or (signed is not None and signed.exists())


def name_violations(*, now: datetime | None = None) -> int:
    """Put each new one on the ledger of its case and tell the head; how many."""
    moment, named = now or timezone.now(), 0
    for violation in violations():
        named += _name(violation.appeal, "person", violation.user.pk, moment)
    for seat in tied_seats():
        named += _name(seat.referral.appeal, "arbitrator", seat.arbitrator_id, moment)
    return named


def tied_seats() -> Iterator[ArbitratorSeat]:
    """Arbitrators of a case that goes on who became tied to it after they accepted."""
    rows = ArbitratorSeat.objects.filter(left_at=None, referral__state__in=UNDECIDED)
    rows = rows.select_related("arbitrator", "referral__appeal", "referral__complaint")
    for seat in rows.order_by("pk").iterator(chunk_size=200):
        if not is_independent(seat.referral, seat.arbitrator):
            yield seat


@transaction.atomic
def _name(appeal: Appeal, which: str, pk: int, now: datetime) -> bool:
    """``which`` says whose key ``pk`` is: a ``person`` here, or an ``arbitrator``."""
    ledger.lock(appeal.stream)
    facts = {"appeal": appeal.pk, which: pk}
    known = Event.objects.filter(stream=appeal.stream, what=NAMED)
    if known.filter(**{f"payload__{key}": one for key, one in facts.items()}).exists():
        return False
    viewer = router()
    event = ledger.append(appeal.stream, ledger.Entry(NAMED, viewer, now, facts))
    notifications.announce(Done.of_event(appeal, event, viewer))
    return True
