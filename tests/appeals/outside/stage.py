"""The outside stage of the tests, walked to where it stands through the one door."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from appeals.models import Arbitrator, ArbitratorSeat, Referral
from appeals.seated import SeatViewer, seat_viewer
from appeals.services.outside import award, carry_out, register, seats
from complaints.models import Complaint
from complaints.permissions import viewer_of
from complaints.workflow import perform
from teams.models import User
from tests.appeals import walk
from tests.people import People

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def arbitrator(people: People, name: str = "Ida Moor", **given: Any) -> Arbitrator:
    """Somebody on the register, with a second factor set up."""
    email = f"{name.split(maxsplit=1)[0].lower()}@chamber.example"
    made, _code = register.add_arbitrator(
        full_name=name,
        email=given.pop("email", email),
        chamber="Chamber of Arbitration",
        actor=people.head,
        **given,
    )
    made.totp_secret, made.enrol_hash = SECRET, ""
    made.save()
    return made


def referred(people: People, case: Complaint, route: str = "arbitration") -> Referral:
    """Ruled, and taken outside by the customer."""
    row = walk.ruled(people, case, "confirmed")
    user = case.customer.user
    assert user is not None
    perform(row, "refer", actor=user, route=route, consent=True)
    return Referral.objects.get(appeal=row)


def viewer(seat: ArbitratorSeat) -> SeatViewer:
    return seat_viewer(seat, at=timezone.now())


def presiding(row: Referral) -> SeatViewer:
    return viewer(row.seats.get(left_at=None, seat=1))


def hearing(people: People, case: Complaint, *names: str) -> Referral:
    """Every arbitrator has accepted."""
    for name in names or ("Ida Moor",):
        arbitrator(people, name)
    row = referred(people, case)
    for seat in seats.taken(row):
        seats.accept(referral=row, actor=viewer(seat))
    row.refresh_from_db()
    return row


def write(row: Referral, *, amount: str = "100", **given: Any) -> None:
    """The draft of an award that pays ``amount`` USDT; none at "0"."""
    points = [
        award.NewPoint(point=point, finding="upheld", reasons="The logs show it.")
        for point in row.complaint.points.all()
    ]
    owed = [
        award.NewAwarded(
            kind="refund",
            amount=Decimal(amount),
            asset="USDT",
            due_on=tomorrow(),
            description="The fees of that night",
        )
    ]
    words: dict[str, Any] = {
        "summary": "The exchange pays 100 USDT.",
        "reasons": "The hold was not applied.",
        "points": points,
        "remedies": owed if Decimal(amount) else [],
        "actor": presiding(row),
    }
    award.write_award(referral=row, **words | given)


def tomorrow() -> date:
    return timezone.now().date() + timedelta(days=1)


def awarded(people: People, case: Complaint, **given: Any) -> Referral:
    row = hearing(people, case)
    write(row, **given)
    award.make_award(referral=row, actor=presiding(row))
    row.refresh_from_db()
    return row


def prepared(people: People, case: Complaint, **given: Any) -> Referral:
    """The award is in a decision of ours and has its sign-offs."""
    row = awarded(people, case, **given)
    carry_out.prepare(referral=row, rates={1: Decimal(1)}, actor=people.appeals_2)
    sign(people, row)
    return row


def sign(people: People, row: Referral) -> list[User]:
    decision = Referral.objects.get(pk=row.pk).award.decision
    assert decision is not None
    signers = []
    officer = walk.second_officer()
    for user in (people.appeals, people.approver, people.legal, officer):
        if decision.capacity_for(viewer_of(user)) is not None:
            carry_out.sign(referral=row, actor=user)
            signers.append(user)
    return signers
