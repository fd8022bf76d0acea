"""Decided objections to arbitrators, and who should not have decided them."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from appeals.judges import judging_ties
from appeals.models import Appeal, ArbitratorObjection, Side
from appeals.models.referral import UNDECIDED
from complaints.models import Event
from teams.models import User

DECIDED_BY_THEM = _("An objection to an arbitrator was decided by them.")


def decided_by_tied() -> Iterator[tuple[ArbitratorObjection, User, Promise]]:
    """Each with who decided it and the first reason why they should not have."""
    rows = ArbitratorObjection.objects.exclude(decided_at=None).select_related(
        "decided_by",
        "referral__complaint__customer",
        "referral__appeal__complaint",
        "referral__appeal__decision",
    )
    for row in rows.order_by("pk").iterator(chunk_size=200):
        user = row.decided_by
        if user is not None and (reason := next(why_not(row, user), None)):
            yield row, user, format_lazy("{} {}", DECIDED_BY_THEM, reason)


def why_not(row: ArbitratorObjection, user: User) -> Iterator[str | Promise]:
    """Why ``user`` should not have decided ``row``; nothing where they were free to.

    While the hearing goes on it can still be made good, so all ties of today count;
    after that, those of the day it was decided.
    """
    if row.side != Side.CUSTOMER:
        if not user.is_system:
            yield _("The arbitrator answers an objection of the exchange.")
        return
    if row.referral.state in UNDECIDED:
        yield from judging_ties(row.referral.appeal, user)
    yield from _ties_of_the_day(row, user)


def _ties_of_the_day(row: ArbitratorObjection, user: User) -> Iterator[str | Promise]:
    """Without the lines of report: nothing keeps what they were then."""
    appeal = row.referral.appeal
    if made_first_decision(appeal, user) or _refused(appeal, user):
        yield _("This person decided the case.")
    if user.pk == appeal.reviewer_id or appeal.seats.filter(user=user).exists():
        yield _("This person heard the appeal.")
    stood = Q(lifted_at=None) | Q(lifted_at__gt=row.decided_at)
    conflicts = appeal.complaint.conflicts.filter(user=user)
    if conflicts.filter(stood, recorded_at__lte=row.decided_at).exists():
        yield _("This person is named in the case or has a conflict of interest.")


def made_first_decision(appeal: Appeal, user: User) -> bool:
    """Whether they proposed or signed the decision that ``appeal`` is against."""
    decision = appeal.decision
    if decision is None:
        return False
    signed = decision.sign_offs.filter(signer=user)
    return decision.proposed_by_id == user.pk or signed.exists()


def _refused(appeal: Appeal, user: User) -> bool:
    rows = Event.objects.filter(stream=appeal.stream, what="refuse_admission")
    return rows.filter(actor_id=user.pk, seq__lte=appeal.file_seq).exists()
