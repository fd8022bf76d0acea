"""What was recorded stays: states move with their events, rows and words are kept."""

from complaints.triggers.rule import Rule, changed, reworded
from complaints.triggers.tables import (
    EMPTIED_COLUMNS,
    FROZEN_COLUMNS,
    KEPT_TABLES,
    MACHINES,
    Machine,
)


def rules() -> list[Rule]:
    return [
        *(rule for machine in MACHINES for rule in _machine(machine)),
        *(_kept(table) for table in KEPT_TABLES),
        *(_frozen(table, columns) for table, columns in FROZEN_COLUMNS.items()),
        *(_emptied(table, columns) for table, columns in EMPTIED_COLUMNS.items()),
        _proposed(),
        _chained(),
    ]


def _machine(machine: Machine) -> list[Rule]:
    """A state or version may only change together with the event that says so."""
    moved = "(NEW.state <> OLD.state OR NEW.version <> OLD.version)"
    lawful = f"(NEW.version = OLD.version + 1 AND {_has_event(machine)})"
    table = machine.table
    return [
        Rule(
            f"{table}_born",
            table,
            "BEFORE INSERT",
            f"NEW.state <> '{machine.initial}' OR NEW.version <> 0",
            "a row is born in its first state",
        ),
        Rule(
            f"{table}_moved",
            table,
            "BEFORE UPDATE",
            f"{moved} AND NOT {lawful}",
            "a state changes only with its event",
        ),
    ]


def _has_event(machine: Machine) -> str:
    # The names stand in ``tables``; none comes from outside.
    return (
        "EXISTS (SELECT 1 FROM complaints_event e"  # noqa: S608
        f" WHERE e.object_type = '{machine.kind}' AND e.object_id = NEW.id"
        " AND e.object_version = NEW.version"
        " AND e.source = OLD.state AND e.target = NEW.state)"
    )


def _kept(table: str) -> Rule:
    words = "rows are never deleted"
    return Rule(f"{table}_kept", table, "BEFORE DELETE", "1 = 1", words)


def _frozen(table: str, columns: tuple[str, ...]) -> Rule:
    words = "what was recorded is not changed"
    return Rule(f"{table}_frozen", table, "BEFORE UPDATE", changed(columns), words)


def _emptied(table: str, columns: tuple[str, ...]) -> Rule:
    words = "may only be emptied"
    return Rule(f"{table}_emptied", table, "BEFORE UPDATE", reworded(columns), words)


def _proposed() -> Rule:
    """What was proposed is signed as it stands; another wording is another number."""
    edited = reworded(("summary", "reasons", "what_changes", "departure_reason"))
    chosen = ("complaint_id", "number", "outcome", "cause", "departs", "proposed_by_id")
    table = "complaints_decision"
    return Rule(
        f"{table}_proposed",
        table,
        "BEFORE UPDATE",
        f"OLD.status <> 'draft' AND ({edited} OR {changed(chosen)})",
        "what was proposed is not changed",
    )


def _chained() -> Rule:
    follows = (
        "NEW.previous = COALESCE((SELECT e.sha256 FROM complaints_event e"
        " WHERE e.stream = NEW.stream AND e.seq = NEW.seq - 1), '')"
    )
    return Rule(
        "complaints_event_chained",
        "complaints_event",
        "BEFORE INSERT",
        f"NOT ({follows}) OR (NEW.seq > 1 AND NEW.previous = '')",
        "an event follows the one before it",
    )
