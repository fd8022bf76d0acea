"""The rows of a case of the past: complaint, decision, remedies, sign-offs."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from django.db.models import prefetch_related_objects

from appeals.demo import bulk
from appeals.demo.past_case import Past
from appeals.demo.past_ledger import COMPLETED, PAID, STARTED, clocks, entries, moves
from appeals.demo.past_words import DEPARTS, REJECTED
from appeals.demo.people import Cast
from appeals.demo.played import LEADS, RATES
from appeals.demo.words import Words, words_of
from complaints import ledger
from complaints.models import (
    Clock,
    Complaint,
    Decision,
    Payout,
    Point,
    PointFinding,
    Remedy,
    ResponsibilityShare,
    RootCause,
    SignOff,
)
from complaints.states import ClosingReason, DecisionStatus, RemedyKind, SignOffRole

SIGNERS: Final = {
    SignOffRole.APPROVER: "approver",
    SignOffRole.LEGAL: "legal",
    SignOffRole.COMPLIANCE: "compliance-officer",
}


def write(cast: Cast, made: Sequence[Past]) -> None:
    """Every row of these cases; inside a transaction."""
    _file(cast, made)
    _decide(cast, made)
    for past in made:
        past.clocks = list(clocks(past))
    Clock.objects.bulk_create((row for past in made for row in past.clocks), 500)
    made_moves = {id(past): list(moves(cast, past)) for past in made}
    ledger.begin_many(
        {past.case.stream: entries(cast, past, made_moves[id(past)]) for past in made}
    )
    bulk.move_rows(
        Complaint,
        {past.case.pk: [move.target for move in made_moves[id(past)]] for past in made},
    )
    paid = [state for _move, state, _part in PAID]
    bulk.move_rows(Remedy, {row.pk: paid for past in made for row in past.remedies})
    _close(made)


def _file(cast: Cast, made: Sequence[Past]) -> None:
    cases = [past.case for past in made]
    bulk.draw_anew(cases)
    Complaint.objects.bulk_create(cases, batch_size=500)
    Point.objects.bulk_create(
        Point(complaint=case, number=1, text=case.subject) for case in cases
    )
    bulk.talk(cast["support"], cases)


# The decision -------------------------------------------------------------------------


def _decide(cast: Cast, made: Sequence[Past]) -> None:
    for past in made:
        past.decision = _decision(past)
    Decision.objects.bulk_create(past.decision for past in made)
    cases = [past.case.pk for past in made]
    points = {
        row.complaint_id: row for row in Point.objects.filter(complaint__in=cases)
    }
    PointFinding.objects.bulk_create(
        _finding(past, points[past.case.pk]) for past in made
    )
    ResponsibilityShare.objects.bulk_create(_share(past) for past in made)
    for past in made:
        past.remedies = list(_remedies(past))
    Remedy.objects.bulk_create(row for past in made for row in past.remedies)
    Payout.objects.bulk_create(row for past in made for row in _payouts(cast, past))
    _sign(cast, made)


def _words(past: Past) -> Words:
    return words_of(past.case.language, past.topic.category)


def _rejected(past: Past) -> dict[str, str]:
    return REJECTED[int(past.case.language != "en")]


def _decision(past: Past) -> Decision:
    handler, said = past.case.handler, _words(past)
    asset = past.case.asset
    texts = {
        "summary": said.summary(f"{_in_asset(past):f}" if past.refund else "", asset),
        "reasons": said.reasons,
        "what_changes": said.changes,
    }
    if past.outcome == "not_upheld":
        rejected = _rejected(past)
        texts = {name: rejected[name] for name in ("summary", "reasons")}
    return Decision(
        complaint=past.case,
        number=1,
        status=DecisionStatus.ISSUED,
        outcome=past.outcome,
        language=past.case.language,
        precedents_seen=True,
        departs=past.departs,
        departure_reason=DEPARTS[int(past.case.language != "en")]
        if past.departs
        else "",
        cause=past.cause,
        drafted_by=handler,
        proposed_by=handler,
        proposed_at=past.at(0.8),
        issued_at=past.decided,
        **texts,
    )


def _finding(past: Past, point: Point) -> PointFinding:
    said = _words(past)
    rejected = past.outcome == "not_upheld"
    return PointFinding(
        decision=past.decision,
        point=point,
        outcome=past.outcome,
        reasons=_rejected(past)["finding"] if rejected else said.finding,
        rule=said.rule,
        no_evidence=True,
    )


def _share(past: Past) -> ResponsibilityShare:
    bearer = "customer" if past.outcome == "not_upheld" else "exchange"
    return ResponsibilityShare(decision=past.decision, bearer=bearer, percent=100)


def _in_asset(past: Past) -> Decimal:
    assert past.refund is not None  # noqa: S101 - asked before
    amount = past.refund / RATES[past.case.asset]
    return amount.quantize(Decimal("0.000001"))


def _remedies(past: Past) -> Iterator[Remedy]:
    if past.refund is None:
        return
    yield Remedy(
        complaint=past.case,
        decision=past.decision,
        kind=RemedyKind.REFUND,
        description=_words(past).refund,
        amount=_in_asset(past),
        asset=past.case.asset,
        rate=RATES[past.case.asset],
        rate_at=past.at(0.8),
        reporting_value=past.refund,
        destination=f"UID {past.case.customer.account_id}",
    )


def _payouts(cast: Cast, past: Past) -> Iterator[Payout]:
    for remedy in past.remedies:
        yield Payout(
            remedy=remedy,
            idempotency_key=remedy.payout_key,
            started_by=cast["executor"],
            started_at=past.at(STARTED),
            finished_at=past.at(COMPLETED),
            proof=f"ledger-{remedy.pk:06d}",
        )


def _sign(cast: Cast, made: Sequence[Past]) -> None:
    decisions = [past.decision for past in made]
    prefetch_related_objects(decisions, "findings__evidence", "shares", "remedies")
    rows: list[SignOff] = []
    for past in made:
        past.decision.content_hash = past.decision.current_hash()
        for role in past.decision.required_capacities():
            name = SIGNERS.get(role) or LEADS[past.case.team.code]
            past.signers.append((role, cast[name]))
        rows += list(_signatures(past))
    Decision.objects.bulk_update(decisions, ["content_hash"], batch_size=200)
    SignOff.objects.bulk_create(rows)


def _signatures(past: Past) -> Iterator[SignOff]:
    for role, signer in past.signers:
        yield SignOff(
            decision=past.decision,
            signer=signer,
            proposer=past.decision.proposed_by,
            capacity=role,
            content_hash=past.decision.content_hash,
            at=past.at(0.9),
        )


def _close(made: Sequence[Past]) -> None:
    """What a closing leaves on the row of the case."""
    natures = dict(RootCause.objects.values_list("code", "nature"))
    closed = [past for past in made if past.closed]
    for past in closed:
        past.case.closing_reason = ClosingReason.WINDOW_ENDED
        past.case.cause = past.cause
        past.case.cause_scope = natures.get(past.cause, "")
    Complaint.objects.bulk_update(
        [past.case for past in closed],
        ["closing_reason", "cause", "cause_scope"],
        batch_size=200,
    )
