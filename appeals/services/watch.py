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
from appeals.past_objections import decided_by_tied, made_first_decision
from appeals.services.reviewers import router
from complaints import ledger, notifications
from complaints.models import Event
from complaints.registry import Done
from teams.models import User

NAMED = "independence_violated"
OBJECTION_BY_TIED = "objection_decided_by_tied"


@dataclass(frozen=True)
class Violation:
    """Somebody who hears, or heard, an appeal and is not independent of it; or who
    decided ``objection`` (primary key), one to an arbitrator, and was tied."""

    appeal: Appeal
    user: User
    reason: str | Promise
    objection: int | None = None

    def __str__(self) -> str:
        return f"{self.appeal}: {self.user}: {self.reason}"

    @property
    def what(self) -> str:
        return NAMED if self.objection is None else OBJECTION_BY_TIED

    @property
    def facts(self) -> dict[str, int]:
        """What the ledger keeps of it, by primary key."""
        if self.objection is None:
            return {"appeal": self.appeal.pk, "person": self.user.pk}
        decider = {"objection": self.objection, "decider": self.user.pk}
        return {"appeal": self.appeal.pk, **decider}


def violations() -> Iterator[Violation]:
    """All of them. What goes on is held to all rules; what is ruled, to those facts
    alone that stood then: who acted, and who made the first decision."""
    yield from _of_appeals()
    for row, user, reason in decided_by_tied():
        yield Violation(row.referral.appeal, user, reason, row.pk)


def _of_appeals() -> Iterator[Violation]:
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
    if made_first_decision(appeal, user):
        yield _("This person decided the case.")


def name_violations(*, now: datetime | None = None) -> int:
    """Put each new one on the ledger of its case and tell the head; how many."""
    moment, named = now or timezone.now(), 0
    for violation in violations():
        named += _name(violation.appeal, violation.what, violation.facts, moment)
    for seat in tied_seats():
        appeal = seat.referral.appeal
        facts = {"appeal": appeal.pk, "arbitrator": seat.arbitrator_id}
        named += _name(appeal, NAMED, facts, moment)
    return named


def tied_seats() -> Iterator[ArbitratorSeat]:
    """Arbitrators of a case that goes on who became tied to it after they accepted."""
    rows = ArbitratorSeat.objects.filter(left_at=None, referral__state__in=UNDECIDED)
    rows = rows.select_related("arbitrator", "referral__appeal", "referral__complaint")
    for seat in rows.order_by("pk").iterator(chunk_size=200):
        if not is_independent(seat.referral, seat.arbitrator):
            yield seat


@transaction.atomic
def _name(appeal: Appeal, what: str, facts: dict[str, int], now: datetime) -> bool:
    """Once for the same facts; whether this was the first time."""
    ledger.lock(appeal.stream)
    known = Event.objects.filter(stream=appeal.stream, what=what)
    if known.filter(**{f"payload__{key}": one for key, one in facts.items()}).exists():
        return False
    viewer = router()
    event = ledger.append(appeal.stream, ledger.Entry(what, viewer, now, facts))
    notifications.announce(Done.of_event(appeal, event, viewer))
    return True
