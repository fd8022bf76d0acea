"""The rows of a case of the past: decision, remedies, clocks and its ledger."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import prefetch_related_objects
from django.utils import timezone

from appeals.demo import bulk
from appeals.demo.past_words import DEPARTS, REJECTED, Topic
from appeals.demo.people import Cast
from appeals.demo.play import LEADS, RATES
from appeals.demo.words import Words, words_of
from complaints import ledger, timing
from complaints.ledger import Entry
from complaints.models import (
    Clock,
    Complaint,
    Decision,
    Point,
    PointFinding,
    Remedy,
    ResponsibilityShare,
    RootCause,
    SignOff,
)
from complaints.permissions import Viewer
from complaints.states import (
    ClosingReason,
    DecisionStatus,
    RemedyKind,
    RemedyState,
    SignOffRole,
    State,
    Step,
)
from teams.models import User
from teams.system import system_actor

WINDOW: Final = timedelta(days=61)
"""After a decision; the limit itself ends with a day of the calendar."""

SIGNERS: Final = {
    SignOffRole.APPROVER: "approver",
    SignOffRole.LEGAL: "legal",
    SignOffRole.COMPLIANCE: "compliance-officer",
}
PAID: Final = (
    ("approve", RemedyState.APPROVED, 0.95),
    ("start", RemedyState.EXECUTING, 0.96),
    ("complete", RemedyState.EXECUTED, 0.99),
)
"""(move, state after it, part of the way to the decision)."""


@dataclass
class Past:
    """One case of the past, what was decided and when."""

    topic: Topic
    case: Complaint
    decided: datetime
    outcome: str
    cause: str
    refund: Decimal | None
    departs: bool = False
    decision: Decision = field(init=False)
    signers: list[tuple[SignOffRole, User]] = field(default_factory=list)
    remedies: list[Remedy] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)

    def at(self, part: float) -> datetime:
        """The moment at which ``part`` of the way to the decision lay behind it."""
        return self.case.received_at + part * (self.decided - self.case.received_at)

    @property
    def admitted(self) -> datetime:
        return min(self.at(0.1), self.case.received_at + timedelta(days=2.5))

    @property
    def closed(self) -> datetime | None:
        """Closed when nobody had appealed in time."""
        end = self.decided + WINDOW
        return end if end < timezone.now() else None


def write(cast: Cast, made: Sequence[Past]) -> None:
    """Every row of these cases; inside a transaction."""
    _file(cast, made)
    _decide(cast, made)
    for past in made:
        past.clocks = list(_clocks(past))
    Clock.objects.bulk_create((row for past in made for row in past.clocks), 500)
    moves = {id(past): list(_moves(cast, past)) for past in made}
    ledger.begin_many(
        {past.case.stream: _entries(cast, past, moves[id(past)]) for past in made}
    )
    bulk.move_rows(
        Complaint,
        {past.case.pk: [move.target for move in moves[id(past)]] for past in made},
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


# The ledger and the clocks ------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """One move of the case: who made it, when, and where it led."""

    what: str
    actor: User
    at: datetime
    target: str
    payload: Mapping[str, object] = field(default_factory=dict)


def _moves(cast: Cast, past: Past) -> Iterator[Move]:
    case, system = past.case, system_actor()
    handler = past.decision.proposed_by
    assert handler is not None  # noqa: S101 - set with the decision
    named = {"category": case.category_id, "team": case.team_id}
    yield Move("admit", cast["support"], past.admitted, State.ASSIGNED, named)
    yield Move("take", handler, past.at(0.15), State.INVESTIGATING)
    yield Move("propose_decision", handler, past.at(0.8), State.IN_REVIEW)
    for _role, signer in past.signers:
        yield Move("sign_off", signer, past.at(0.9), State.IN_REVIEW)
    last = past.signers[-1][1]
    yield Move("approve_decision", last, past.at(0.94), State.REMEDYING)
    yield Move("issue_decision", system, past.decided, State.ANSWERED)
    if past.closed:
        told = {"cause": past.cause, "cause_scope": ""}
        yield Move("close", system, past.closed, State.CLOSED, told)


def _entries(cast: Cast, past: Past, moves: Sequence[Move]) -> list[Entry]:
    """Of the case, its remedies and the limits it missed, in the order of time."""
    case, state = past.case, str(State.RECEIVED)
    found = [
        Entry(
            "file", Viewer(cast["support"]), case.received_at, {"channel": case.channel}
        )
    ]
    for version, move in enumerate(moves, start=1):
        found.append(
            Entry(
                move.what,
                Viewer(move.actor),
                move.at,
                move.payload,
                object_type="complaint",
                object_id=case.pk,
                object_version=version,
                source=state,
                target=move.target,
            )
        )
        state = move.target
    found += [*_paid(cast, past), *_missed(past)]
    return sorted(found, key=lambda entry: entry.at)


def _paid(cast: Cast, past: Past) -> Iterator[Entry]:
    for remedy in past.remedies:
        state = str(RemedyState.PROPOSED)
        for version, (what, target, part) in enumerate(PAID, start=1):
            actor = system_actor() if what == "approve" else cast["executor"]
            yield Entry(
                what,
                Viewer(actor),
                past.at(part),
                object_type="remedy",
                object_id=remedy.pk,
                object_version=version,
                source=state,
                target=target,
            )
            state = target


def _missed(past: Past) -> Iterator[Entry]:
    for clock in past.clocks:
        if clock.breached_at is None:
            continue
        facts = {
            "clock": clock.pk,
            "step": clock.step,
            "limit": clock.limit,
            "due": clock.due_at,
            "actual": clock.breached_at,
        }
        yield Entry("breach", Viewer(system_actor()), clock.breached_at, facts)


def _clocks(past: Past) -> Iterator[Clock]:
    received = past.case.received_at
    spans = [
        (Step.ACKNOWLEDGE, received, received),
        (Step.ADMIT, received, past.admitted),
        (Step.FIRST_ANSWER, past.admitted, past.at(0.3)),
        (Step.INVESTIGATE, past.admitted, past.at(0.8)),
        (Step.DECIDE, past.at(0.8), past.at(0.94)),
        (Step.STATUTORY_DECISION, received, past.decided),
        (Step.APPEAL_WINDOW, past.decided, past.closed),
    ]
    if past.remedies:
        spans.append((Step.EXECUTE_REMEDY, past.at(0.94), past.at(0.99)))
    for step, started, stopped in spans:
        clock = timing.new_clock(past.case, step, now=started)
        clock.stopped_at, clock.next_reminder_at = stopped, None
        if stopped and stopped > clock.due_at and step != Step.APPEAL_WINDOW:
            clock.breached_at = clock.due_at
        yield clock


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
