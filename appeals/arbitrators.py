"""Which outside arbitrators are independent enough to decide a case."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.independence import decided_by
from appeals.models.arbitrator import Arbitrator, DeclaredTie, TieKind
from complaints.models import Contact, Event
from teams.models import User

LIVING = ("open", "hearing")
"""States of a referral in which a seat is work."""


def arbitrator_ties(
    referral: Any, person: Arbitrator, ours: Collection[int] | None = None
) -> Iterator[str | Promise]:
    """Reasons why ``person`` may not decide ``referral``; none means independent.

    ``ours`` are the people of the house in the case, where they are known already.
    """
    if person.ended_at is not None:
        yield _("This person is not on the register any more.")
    yield from _declared(referral, person, involved(referral) if ours is None else ours)
    if _works_here(person):
        yield _("This person works or worked here.")
    if _is_a_side(referral.complaint, person):
        yield _("This person is the customer or speaks for them.")
    if _knows_customer(referral, person):
        yield _("This person decided an earlier case of the same customer.")


def is_independent(
    referral: Any, person: Arbitrator, ours: Collection[int] | None = None
) -> bool:
    return next(arbitrator_ties(referral, person, ours), None) is None


def _declared(
    referral: Any, person: Arbitrator, ours: Collection[int]
) -> Iterator[str | Promise]:
    case = referral.complaint
    about = (
        Q(kind=TieKind.COMPANY)
        | Q(complaint=case)
        | Q(party=case.customer_id)
        | Q(user__in=ours)
    )
    if DeclaredTie.objects.filter(about, arbitrator=person, lifted_at=None).exists():
        yield _("This person declared a conflict of interest.")


def involved(referral: Any) -> set[int]:
    """Everybody of ours who acted on the case, had it, decided it or reviewed it."""
    case, appeal = referral.complaint, referral.appeal
    acted = Event.objects.filter(stream=case.stream).exclude(actor__kind="system")
    given = Event.objects.filter(stream=case.stream, what="assign_to")
    reviewed = appeal.seats.values_list("user_id", flat=True)
    return {
        *acted.values_list("actor_id", flat=True),
        *decided_by(case),
        *reviewed,
        *filter(None, given.values_list("payload__handler", flat=True)),
        *filter(None, (case.handler_id, appeal.reviewer_id)),
    }


def _works_here(person: Arbitrator) -> bool:
    """Known here by the same address, with a seat in any team, past ones too."""
    same = User.objects.filter(email__iexact=person.email)
    staff = Q(is_staff=True) | Q(is_superuser=True) | Q(memberships__isnull=False)
    return same.filter(staff).exists()


def _is_a_side(case: Any, person: Arbitrator) -> bool:
    email = person.email.lower()
    spoken = case.representatives.filter(email__iexact=email)
    own = Contact.objects.filter(party=case.customer_id, value__iexact=email)
    return case.customer.email.lower() == email or own.exists() or spoken.exists()


def _knows_customer(referral: Any, person: Arbitrator) -> bool:
    rows = person.seats.filter(
        referral__complaint__customer=referral.complaint.customer
    )
    return bool(rows.exclude(referral=referral).exists())


def register() -> list[Arbitrator]:
    """Those who can be appointed, with the fewest cases in hand first."""
    busy = Q(seats__left_at=None, seats__referral__state__in=LIVING)
    rows = Arbitrator.objects.filter(ended_at=None)
    return list(
        rows.annotate(in_hand=Count("seats", filter=busy, distinct=True)).order_by(
            "in_hand", "pk"
        )
    )


def independent_arbitrators(referral: Any, wanted: int) -> list[Arbitrator]:
    """The ``wanted`` least loaded of those who are independent; fewer where there are
    not so many, never somebody who is not."""
    known = set(referral.seats.values_list("arbitrator_id", flat=True))
    ours, found = involved(referral), list[Arbitrator]()
    for person in register():
        if len(found) == wanted:
            break
        if person.pk not in known and is_independent(referral, person, ours):
            found.append(person)
    return found
