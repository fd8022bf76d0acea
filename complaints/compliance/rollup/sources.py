"""Tables that all marks are made from: cases, what happened to them, first decisions.

They are temporary, made once for all statements and dropped after. Each is a pure
function of the rows of its cases, for a few of them as for all.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from complaints.compliance.rollup import groups
from complaints.states import DECIDED_STATES, FINAL_STATES, Barrier

RESTRICTED = "restricted"


def words(these: Iterable[str]) -> str:
    """Words of ours as a list in SQL."""
    return ", ".join(f"'{word}'" for word in sorted(these))


DONE = words({*FINAL_STATES, *DECIDED_STATES})
"""States in which staff owe nothing."""

TEAM_GIVEN = ("admit", "reroute")
APPEAL = ("lodge_appeal", "conclude_appeal")
"""Moves that say which team has a case, and those of an appeal."""

CASES, EVENTS, FIRSTS = "rollup_cases", "rollup_events", "rollup_firsts"
DECISIONS, PAYMENTS = "rollup_decisions", "rollup_payments"


def _cases(only: str) -> str:
    """Cases with the columns by which they are summed; barred ones show no topic."""
    barred = f"c.barrier <> '{Barrier.NONE}'"
    return f"""(
        SELECT c.id, 'complaint:' || c.id AS stream, c.received_at, c.state,
            c.customer_id, c.handler_id, c.severity, c.funds_at_risk,
            c.category_id, c.cause, c.cause_scope, c.language, c.account_tier,
            y.country, c.erased_at IS NOT NULL AS erased,
            {barred} AS barred,
            CASE WHEN {barred} THEN 0 ELSE c.team_id END AS team,
            CASE WHEN {barred} THEN '{RESTRICTED}'
                ELSE coalesce(p.code, k.code, 'none') END AS topic,
            CASE WHEN {barred} THEN '{RESTRICTED}' ELSE c.channel END AS channel
        FROM complaints_complaint c
        JOIN complaints_party y ON y.id = c.customer_id
        LEFT JOIN complaints_category k ON k.id = c.category_id
        LEFT JOIN complaints_category p ON p.id = k.parent_id
        WHERE {only}
    )"""  # noqa: S608


def _events(cases: str) -> str:
    """What happened to the cases that marks are made of, in one pass of the ledger.

    ``flow`` is 1 where a case came back to staff by it, -1 where it left them.
    """
    done, other = f"e.source IN ({DONE})", f"e.target IN ({DONE})"
    return f"""(
        SELECT c.id AS complaint_id, e.seq, e.at, e.what, e.target,
            {_team_of("e.payload")} AS team,
            CASE WHEN e.object_type <> 'complaint' OR ({done}) = ({other}) THEN 0
                WHEN {done} THEN 1 ELSE -1 END AS flow
        FROM {cases} c JOIN complaints_event e ON e.stream = c.stream
        WHERE e.what IN ({words(TEAM_GIVEN)}) OR (e.object_type = 'complaint'
            AND (e.what IN ({words(APPEAL)}) OR ({done}) <> ({other})))
    )"""  # noqa: S608


def _first(rows: str, by: str) -> str:
    """Of each case the first of its rows in the order ``by``."""
    return f"""(
        SELECT * FROM (
            SELECT r.*, row_number() OVER (PARTITION BY r.complaint_id ORDER BY {by})
                AS place
            FROM {rows} r
        ) placed WHERE place = 1
    )"""  # noqa: S608


def _decisions(cases: str) -> str:
    """The first decision of each case."""
    issued = f"""(
        SELECT f.id, f.complaint_id, f.issued_at, f.outcome, f.cause
        FROM {cases} c JOIN complaints_decision f ON f.complaint_id = c.id
        WHERE NOT f.on_appeal AND f.status IN ('issued', 'superseded')
            AND f.issued_at IS NOT NULL
    )"""  # noqa: S608
    return _first(issued, "r.issued_at, r.id")


def _firsts(cases: str, decisions: str, events: str) -> str:
    """Decided cases with their first decision and the team that took it."""
    given = f"""(
        SELECT e.complaint_id, e.seq, e.team
        FROM {events} e JOIN {decisions} d ON d.complaint_id = e.complaint_id
        WHERE e.what IN ({words(TEAM_GIVEN)}) AND e.at <= d.issued_at
    )"""  # noqa: S608
    return f"""(
        SELECT c.*, d.id AS decision_id, d.issued_at, d.outcome, d.cause AS first_cause,
            CASE WHEN c.barred THEN 0 ELSE coalesce(g.team, c.team) END AS decider
        FROM {cases} c JOIN {decisions} d ON d.complaint_id = c.id
        LEFT JOIN {_first(given, "r.seq DESC")} g ON g.complaint_id = c.id
    )"""  # noqa: S608


def _team_of(payload: str) -> str:
    if connection.vendor == "postgresql":
        return f"CAST({payload}->>'team' AS bigint)"
    return f"CAST(json_extract({payload}, '$.team') AS integer)"


def _condition(keys: Collection[int] | None) -> str:
    """Which cases are meant: these, or all of them."""
    if keys is None:
        return "1 = 1"
    return f"c.id IN ({', '.join(str(int(key)) for key in sorted(keys)) or 'NULL'})"


@contextmanager
def made(cursor: Any, keys: Collection[int] | None) -> Iterator[None]:
    """The tables, of these cases or of all, for as long as the block takes."""
    sources = {
        CASES: _cases(_condition(keys)),
        EVENTS: _events(CASES),
        DECISIONS: _decisions(CASES),
        FIRSTS: _firsts(CASES, DECISIONS, EVENTS),
        PAYMENTS: groups.paid(FIRSTS),
    }
    for name, source in sources.items():
        sql = f"CREATE TEMPORARY TABLE {name} AS SELECT * FROM {source} s"  # noqa: S608
        cursor.execute(sql, [])
        cursor.execute(f"ANALYZE {name}")
    yield
    for name in sources:
        cursor.execute(f"DROP TABLE {name}")
