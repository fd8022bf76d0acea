"""Which outside arbitrators are independent enough to decide a case."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.concerned import concerned
from appeals.models.arbitrator import Arbitrator, DeclaredTie, TieKind
from appeals.models.hearing import ArbitratorSeat
from appeals.models.referral import UNDECIDED
from complaints.models import Contact, Representative
from complaints.together import Shape
from teams.models import Membership, User


@dataclass(frozen=True)
class Tied:
    """What ties arbitrators to one referral, read once for all who are asked about.

    ``declared`` and ``deciding`` are primary keys of arbitrators: with a conflict that
    they declared, and with an earlier case of the same customer. ``staff`` and
    ``sides`` are addresses in lower case: of everybody with a seat here, past ones
    too, and of the customer and who speaks for them.
    """

    declared: frozenset[int]
    deciding: frozenset[int]
    staff: frozenset[str]
    sides: frozenset[str]


def arbitrator_ties(
    referral: Any, person: Arbitrator, known: Tied | None = None
) -> Iterator[str | Promise]:
    """Reasons why ``person`` may not decide ``referral``; none means independent.

    ``known`` is what ties anybody to it, where that was read already.
    """
    known = known or tied(referral)
    if person.ended_at is not None:
        yield _("This person is not on the register any more.")
    if person.pk in known.declared:
        yield _("This person declared a conflict of interest.")
    if person.email.lower() in known.staff:
        yield _("This person works or worked here.")
    if person.email.lower() in known.sides:
        yield _("This person is the customer or speaks for them.")
    if person.pk in known.deciding:
        yield _("This person decided an earlier case of the same customer.")


def is_independent(
    referral: Any, person: Arbitrator, known: Tied | None = None
) -> bool:
    return next(arbitrator_ties(referral, person, known), None) is None


def tied(referral: Any) -> Tied:
    """As it stands now; two statements."""
    case = referral.complaint
    ours = involved(referral)
    ties, earlier, staff, contacts, speakers = _SHAPE.read(
        customer=case.customer_id, case=case.pk, referral=referral.pk
    )
    own = (case.customer.email, *(one.value for one in contacts))
    about = (one for one in ties if _is_about(one, referral, ours))
    return Tied(
        declared=frozenset(one.arbitrator_id for one in about),
        deciding=frozenset(one.arbitrator_id for one in earlier),
        staff=_lowered(one.email for one in staff),
        sides=_lowered((*own, *(one.email for one in speakers))),
    )


def _is_about(tie: DeclaredTie, referral: Any, ours: Collection[int]) -> bool:
    case = referral.complaint
    return (
        tie.kind == TieKind.COMPANY
        or tie.complaint_id == case.pk
        or tie.party_id == case.customer_id
        or tie.user_id in ours
    )


def _lowered(addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(address.lower() for address in addresses if address)


def _wanted(customer: int, case: int, referral: int) -> list[QuerySet[Any]]:
    seats = ArbitratorSeat.objects.filter(referral__complaint__customer=customer)
    here = Q(is_staff=True) | Q(is_superuser=True)
    here |= Q(pk__in=Membership.objects.values("user_id"))
    return [
        DeclaredTie.objects.filter(lifted_at=None).defer("reason"),
        seats.exclude(referral=referral).only("arbitrator_id"),
        User.objects.filter(here).only("email"),
        Contact.objects.filter(party=customer).only("value"),
        Representative.objects.filter(complaint=case).only("email"),
    ]


_SHAPE = Shape(_wanted)


def involved(referral: Any) -> frozenset[int]:
    """Everybody of ours who acted on the case, had it, decided it, reviewed it, or to
    whom somebody reports who decided it."""
    appeal = referral.appeal
    known = concerned(referral.complaint)
    reviewed = set(appeal.seats.values_list("user_id", flat=True))
    people = {*known.acts, *known.given, *known.deciders, *known.over_deciders}
    heard = {*reviewed, appeal.reviewer_id} - {None}
    return frozenset(people - known.systems | heard)


def register() -> list[Arbitrator]:
    """Those who can be appointed, with the fewest cases in hand first."""
    busy = Q(seats__left_at=None, seats__referral__state__in=UNDECIDED)
    rows = Arbitrator.objects.filter(ended_at=None)
    return list(
        rows.annotate(in_hand=Count("seats", filter=busy, distinct=True)).order_by(
            "in_hand", "pk"
        )
    )


def independent_arbitrators(referral: Any, wanted: int) -> list[Arbitrator]:
    """The ``wanted`` least loaded of those who are independent; fewer where there are
    not so many, never somebody who is not."""
    seated = set(referral.seats.values_list("arbitrator_id", flat=True))
    known = tied(referral)
    free = (
        person
        for person in register()
        if person.pk not in seated and is_independent(referral, person, known)
    )
    return list(islice(free, wanted))
