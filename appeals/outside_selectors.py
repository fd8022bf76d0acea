"""What a side reads of its outside stage: rows with a shape, nothing written."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from appeals.models import (
    Arbitrator,
    ArbitratorObjection,
    ArbitratorOrder,
    ArbitratorQuestion,
    ArbitratorSeat,
    Award,
    AwardedRemedy,
    AwardPoint,
    PublishedAward,
    Referral,
    ReferralState,
    Side,
)
from appeals.models.referral import UNDECIDED
from complaints.models import Complaint, Point
from complaints.permissions import Viewer
from complaints.together import give, read, refer
from complaints.transitions import Words

STANDING: dict[str, Words] = {
    ReferralState.OPEN: _("It is on its way to the body that decides it."),
    ReferralState.HEARING: _("Independent arbitrators have your case."),
    ReferralState.AWARDED: _(
        "It is decided. What the award asks of us is prepared and signed off."
    ),
    ReferralState.CARRYING_OUT: _("We carry out what was awarded to you."),
    ReferralState.DONE: _("It is decided, and the award is carried out."),
    ReferralState.DISCONTINUED: _("It ended without an award."),
}
"""Where the outside stage stands, in one sentence for the customer."""

WITHOUT_AWARD = (*UNDECIDED, ReferralState.DISCONTINUED)


@dataclass(frozen=True)
class Stage:
    """What hangs on a referral, each in the order of its numbers.

    ``seats`` are those whose arbitrator has accepted. ``award``, ``points``, ``owed``
    and ``dissents`` are empty until it is made.
    """

    row: Referral
    seats: list[ArbitratorSeat]
    questions: list[ArbitratorQuestion]
    orders: list[ArbitratorOrder]
    objections: list[ArbitratorObjection]
    award: Award | None
    points: list[AwardPoint]
    owed: list[AwardedRemedy]

    @property
    def words(self) -> Words:
        return STANDING[self.row.state]

    @property
    def may_answer(self) -> bool:
        return bool(self.row.state == ReferralState.HEARING)

    @property
    def undecided(self) -> bool:
        """Whether its arbitrators may be objected to, and its consent taken back."""
        return self.row.state in UNDECIDED

    @property
    def dissents(self) -> list[str]:
        """What those wrote who saw it differently, without their names."""
        made = self.award is not None
        return [one.dissent for one in self.seats if one.dissent and made]

    @property
    def next_day(self) -> datetime | date | None:
        """The first day by which something is due, whoever owes it."""
        if self.award is not None:
            return self.award.comply_by
        days = [one.answer_by for one in self.questions if one.answered_at is None]
        days += [one.due_at for one in self.orders if one.done_at is None]
        return min(days, default=None)


def referral_for(case: Complaint, appeal: int, viewer: Viewer) -> Referral | None:
    """The outside stage of the appeal of that number, as far as ``viewer`` sees it."""
    rows = Referral.objects.visible_to(viewer).filter(complaint=case, appeal=appeal)
    row = rows.first()
    if row is not None:
        row.complaint = case
    return row


def stage_for(case: Complaint, appeal: int, viewer: Viewer) -> Stage | None:
    """The same with all that hangs on it; None where nothing is outside."""
    row = referral_for(case, appeal, viewer)
    return _stage(row) if row is not None else None


def _stage(row: Referral) -> Stage:
    """All of it in one statement."""
    seats = row.seats.filter(left_at=None, accepted_at__isnull=False)
    made = Award.objects.filter(referral=row)
    found, questions, orders, seated, people, points, of_case, owed, objections = read(
        made,
        row.questions.all(),
        row.orders.all(),
        seats,
        Arbitrator.objects.filter(pk__in=seats.values("arbitrator")),
        AwardPoint.objects.filter(award__in=made).order_by("pk"),
        Point.objects.filter(complaint=row.complaint_id),
        AwardedRemedy.objects.filter(award__in=made),
        row.objections.all(),
    )
    refer(seated, "arbitrator", {one.pk: one for one in people})
    give(seated, "objections", objections)
    refer(points, "point", {one.pk: one for one in of_case})
    points.sort(key=lambda one: one.point.number)
    out = bool(found) and row.state not in WITHOUT_AWARD
    return Stage(
        row=row,
        seats=seated,
        questions=questions,
        orders=orders,
        objections=objections,
        award=found[0] if out else None,
        points=points if out else [],
        owed=owed if out else [],
    )


def put_to_customer(
    row: Referral, kind: str, number: int
) -> ArbitratorQuestion | ArbitratorOrder | None:
    """The question or order of that number; None where it is not the customer's."""
    known: dict[str, Any] = {"question": row.questions, "order": row.orders}
    rows = known.get(kind)
    if rows is None:
        return None
    found: ArbitratorQuestion | ArbitratorOrder | None
    found = rows.filter(number=number, side=Side.CUSTOMER).first()
    return found


def seat_of(row: Referral, number: int) -> ArbitratorSeat | None:
    """Whoever accepted the seat of that number and still has it."""
    rows = row.seats.filter(seat=number, left_at=None, accepted_at__isnull=False)
    return rows.select_related("arbitrator").first()


def published_award(number: int) -> PublishedAward | None:
    """An award that anybody may read, without names."""
    rows = PublishedAward.objects.filter(published_at__isnull=False, pk=number)
    return rows.first()
