"""The ledger and the clocks of a case of the past."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from appeals.demo.past_case import Past
from appeals.demo.people import Cast
from complaints import timing
from complaints.ledger import Entry
from complaints.models import Clock
from complaints.permissions import Viewer
from complaints.states import RemedyState, State, Step
from teams.models import User
from teams.system import system_actor

STARTED: Final = 0.96
COMPLETED: Final = 0.99
"""Parts of the way to the decision after which a remedy was begun and carried out."""

PAID: Final = (
    ("approve", RemedyState.APPROVED, 0.95),
    ("start", RemedyState.EXECUTING, STARTED),
    ("complete", RemedyState.EXECUTED, COMPLETED),
)
"""(move, state after it, part of the way to the decision)."""


@dataclass(frozen=True)
class Move:
    """One move of the case: who made it, when, and where it led."""

    what: str
    actor: User
    at: datetime
    target: str
    payload: Mapping[str, object] = field(default_factory=dict)


def moves(cast: Cast, past: Past) -> Iterator[Move]:
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


def entries(cast: Cast, past: Past, moves: Sequence[Move]) -> list[Entry]:
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


def clocks(past: Past) -> Iterator[Clock]:
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
        spans.append((Step.EXECUTE_REMEDY, past.at(0.94), past.at(COMPLETED)))
    for step, started, stopped in spans:
        clock = timing.new_clock(past.case, step, now=started)
        clock.stopped_at, clock.next_reminder_at = stopped, None
        if stopped and stopped > clock.due_at and step != Step.APPEAL_WINDOW:
            clock.breached_at = clock.due_at
        yield clock
