"""Everything the page of the outside stage shows, read once."""

from typing import Any

from django.utils import timezone

from appeals.arbitrators import arbitrator_ties
from appeals.award_words import award_hash
from appeals.judges import judges
from appeals.models import Award, Referral, ReferralState
from appeals.models.referral import UNDECIDED
from appeals.outside_notices import route_name
from appeals.services.outside import carry_out, seats
from appeals.services.outside.passed_on import open_ones
from appeals.services.outside.rows import may_answer
from appeals.services.reviewers import may_choose
from complaints.admin.clock_lines import clock_lines
from complaints.permissions import Viewer
from complaints.selectors.signers import signatures
from complaints.states import DecisionStatus, Step


def outside_context(row: Referral, viewer: Viewer) -> dict[str, Any]:
    """Rows and what this viewer may press."""
    case, now = row.complaint, timezone.now()
    answers = may_answer(row, viewer)
    lines = [line for line in clock_lines(case, now) if line.clock.step == Step.OUTSIDE]
    left = row.seats.exclude(left_at=None).select_related("arbitrator")
    return {
        "row": row,
        "case": case,
        "body": route_name(row),
        "clocks": lines,
        "seats": [_seat(row, seat) for seat in seats.taken(row)],
        "left": list(left),
        "empty": _empty(row),
        "questions": list(row.questions.all()),
        "orders": list(row.orders.all()),
        "manages": may_choose(viewer),
        "answers": answers,
        "working": row.state in UNDECIDED,
        **_judged(row, viewer),
        **_award(row, viewer, answers),
    }


def _judged(row: Referral, viewer: Viewer) -> dict[str, Any]:
    """With whom an open objection of the customer is, and whether with ``viewer``."""
    if row.state not in UNDECIDED or not open_ones(row):
        return {}
    found = judges(row)
    return {"judged_by": found.words, "judges": viewer.user in found.people}


def _empty(row: Referral) -> int:
    if not row.is_arbitration:
        return 0
    return int(row.wanted) - row.seats.filter(left_at=None).count()


def _seat(row: Referral, seat: Any) -> dict[str, Any]:
    """A seat with its newest link and what ties it, if anything does."""
    return {
        "seat": seat,
        "link": seat.links.first(),
        "ties": list(arbitrator_ties(row, seat.arbitrator)),
        "objections": list(seat.objections.all()),
        "live": any(link.is_live(timezone.now()) for link in seat.links.all()),
    }


def _award(row: Referral, viewer: Viewer, acts: bool) -> dict[str, Any]:
    made: Award | None = getattr(row, "award", None)
    if made is None or row.state in UNDECIDED:
        entered = row.state == ReferralState.AWARDED and acts
        return {"award": None, "may_enter": entered}
    decision = made.decision
    proposed = decision is not None and decision.status == DecisionStatus.PROPOSED
    awarded = row.state == ReferralState.AWARDED
    lacking = (
        carry_out.why_not_sign(row, decision, viewer) if decision and proposed else []
    )
    return {
        "award": made,
        "points": list(made.points.select_related("point")),
        "owed": list(made.remedies.all()),
        "present": award_hash(made),
        "decision": decision,
        "remedies": list(decision.remedies.all()) if decision else [],
        "signatures": signatures(decision) if decision else [],
        "missing": decision.missing_capacities() if decision and proposed else [],
        "may_enter": acts and awarded and not made.sha256 and decision is None,
        "may_prepare": acts and awarded and decision is None and made.remedies.exists(),
        "may_sign": awarded and proposed and not lacking,
        "sign_refusals": lacking if awarded and proposed else [],
        "may_put_back": acts and awarded and decision is not None,
        "may_carry_out": acts and awarded and proposed,
        **_publication(made, viewer, acts),
    }


def _publication(made: Award, viewer: Viewer, acts: bool) -> dict[str, Any]:
    text = getattr(made, "published", None)
    waits = text is not None and text.published_at is None
    mine = text is not None and text.written_by_id == viewer.user.pk
    return {
        "publication": text,
        "may_write_public": acts and (text is None or waits),
        "may_publish": acts and waits and not mine,
        "own_text": waits and mine,
    }
