"""Which marks a case has, as SQL over clocks, ledger and register.

Each statement is a pure function of the rows of one case (AGAIN: of the cases of one
customer), so that reckoning a few cases anew gives the same marks as reckoning all.
Names and words stand in this module; what comes from outside are keys, as numbers.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from complaints.compliance.rows import STEPS
from complaints.states import DECIDED_STATES, FINAL_STATES, Barrier, State

RESTRICTED = "restricted"
AGAIN_WITHIN = 365
"""Days within which a second complaint of the same person is one "again"."""

COLUMNS = (
    *("complaint_id", "day", "measure", "team", "topic", "channel"),
    *("kind", "sub", "unit", "number", "amount", "value"),
)


def _day(moment: str) -> str:
    """SQL of the day of a moment, in UTC."""
    if connection.vendor == "postgresql":
        return f"({moment} AT TIME ZONE 'UTC')::date"
    return f"date({moment})"


def _part(moment: str, name: str) -> str:
    """SQL of the hour or, counted from Monday, the weekday of a moment, in UTC."""
    if connection.vendor == "postgresql":
        field = "hour" if name == "hour" else "isodow"
        part = f"extract({field} from {moment} AT TIME ZONE 'UTC')::int"
        return part if name == "hour" else f"({part} - 1)"
    if name == "hour":
        return f"CAST(strftime('%%H', {moment}) AS integer)"
    return f"((CAST(strftime('%%w', {moment}) AS integer) + 6) %% 7)"


def _seconds(moment: str) -> str:
    if connection.vendor == "postgresql":
        return f"floor(extract(epoch from {moment}))::bigint"
    return f"CAST(strftime('%%s', {moment}) AS integer)"


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


DONE = _words({*FINAL_STATES, *DECIDED_STATES})
"""States in which staff owe nothing."""

TEAM_GIVEN = ("admit", "reroute")
APPEAL = ("lodge_appeal", "conclude_appeal")


def _cases(only: str) -> str:
    """Cases with the columns by which they are summed; barred ones show no topic."""
    barred = f"c.barrier <> '{Barrier.NONE}'"
    return f"""(
        SELECT c.id, 'complaint:' || c.id AS stream, c.received_at, c.state,
            c.customer_id, c.handler_id, c.severity, c.funds_at_risk,
            c.category_id, c.cause, c.cause_scope,
            {barred} AS barred,
            CASE WHEN {barred} THEN 0 ELSE c.team_id END AS team,
            CASE WHEN {barred} THEN '{RESTRICTED}'
                ELSE coalesce(p.code, k.code, 'none') END AS topic,
            CASE WHEN {barred} THEN '{RESTRICTED}' ELSE c.channel END AS channel
        FROM complaints_complaint c
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
        WHERE e.what IN ({_words(TEAM_GIVEN)}) OR (e.object_type = 'complaint'
            AND (e.what IN ({_words(APPEAL)}) OR ({done}) <> ({other})))
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
        WHERE e.what IN ({_words(TEAM_GIVEN)}) AND e.at <= d.issued_at
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


NO = {
    "team": "c.team",
    "topic": "''",
    "channel": "''",
    "kind": "''",
    "sub": "''",
    "unit": "''",
    "number": "0",
    "amount": "NULL",
    "value": "NULL",
}


def _select(measure: str, source: str, day: str, **given: str) -> str:
    columns = {"complaint_id": "c.id", "day": day, "measure": f"'{measure}'"}
    columns |= NO | given
    listed = ", ".join(columns[name] for name in COLUMNS)
    return f"SELECT {listed} FROM {source}"  # noqa: S608


def statements(cases: str, events: str, firsts: str) -> Iterator[tuple[str, str]]:
    """(name, SELECT) of every kind of mark, over cases, what happened to them, and
    their first decisions."""
    received = _day("c.received_at")
    yield from _flows(cases, events, received)
    yield from _present(cases, received)
    yield "due", _due(cases)
    yield from _decided(firsts, events)
    yield "money", _money(cases)
    yield "again", _again(cases, received)


def _flows(cases: str, events: str, received: str) -> Iterator[tuple[str, str]]:
    yield "in", _select("in", f"{cases} c", received, kind="'received'")
    hour, weekday = _part("c.received_at", "hour"), _part("c.received_at", "weekday")
    yield (
        "arrived",
        _select("arrived", f"{cases} c", received, number=f"{weekday} * 24 + {hour}"),
    )
    yield (
        "channel",
        _select("channel", f"{cases} c", received, channel="c.channel", number=hour),
    )
    moves, day = f"{cases} c JOIN {events} e ON e.complaint_id = c.id", _day("e.at")
    yield "back", _select("in", f"{moves} AND e.flow = 1", day, kind="e.what")
    yield "out", _select("out", f"{moves} AND e.flow = -1", day, kind="e.what")


FLAGS = (
    ("no_topic", "c.category_id IS NULL"),
    ("no_owner", f"c.handler_id IS NULL AND c.state <> '{State.RECEIVED}'"),
    ("at_risk", "c.funds_at_risk"),
    ("critical", "c.severity = 'critical'"),
)


def _present(cases: str, received: str) -> Iterator[tuple[str, str]]:
    working = f"{cases} c WHERE c.state NOT IN ({DONE})"
    theirs = f"c.state = '{State.AWAITING_CUSTOMER}'"
    waits = f"CASE WHEN {theirs} THEN 'customer' ELSE 'ours' END"
    yield "open", _select("open", working, received, topic="c.topic", kind=waits)
    for code, condition in FLAGS:
        yield (
            code,
            _select("flag", f"{working} AND {condition}", received, kind=f"'{code}'"),
        )


def _due(cases: str) -> str:
    """A paused limit has no date; one that still runs may become late by itself."""
    became = (
        "CASE WHEN k.stopped_at IS NULL THEN 'running'"
        " WHEN k.breached_at IS NOT NULL OR k.stopped_at > k.due_at THEN 'late'"
        " ELSE 'kept' END"
    )
    source = (
        f"{cases} c JOIN complaints_clock k ON k.complaint_id = c.id"
        f" AND k.step IN ({_words(STEPS)})"
        " AND (k.stopped_at IS NOT NULL OR k.paused_at IS NULL)"
    )
    return _select("due", source, _day("k.due_at"), kind="k.step", sub=became)


CONCLUDED = "e.what = 'conclude_appeal'"
CHANGED = _words([State.REMEDYING, State.INVESTIGATING])
APPEALED = (
    ("appealed", "e.what = 'lodge_appeal'"),
    ("concluded", CONCLUDED),
    ("changed", f"{CONCLUDED} AND e.target IN ({CHANGED})"),
)
"""What came of a decision, and the event that says so."""


def _decided(firsts: str, events: str) -> Iterator[tuple[str, str]]:
    day, source = _day("c.issued_at"), f"{firsts} c"
    taken = f"({_seconds('c.issued_at')} - {_seconds('c.received_at')} + 86399) / 86400"
    whole = (
        f"CASE WHEN {taken} < 1 THEN 1 WHEN {taken} > 9999 THEN 9999 ELSE {taken} END"
    )
    by = {"team": "c.decider"}
    yield "took", _select("took", source, day, number=whole, **by)
    yield (
        "outcome",
        _select("outcome", source, day, topic="c.topic", kind="c.outcome", **by),
    )
    yield "cohort", _select("cohort", source, day, kind="'decided'", **by)
    for kind, condition in APPEALED:
        happened = (
            f"{source} WHERE EXISTS (SELECT 1 FROM {events} e"  # noqa: S608
            " WHERE e.complaint_id = c.id"
            f" AND e.at >= c.issued_at AND {condition})"
        )
        yield kind, _select("cohort", happened, day, kind=f"'{kind}'", **by)
    upheld = f"{source} WHERE c.outcome IN ('upheld', 'partly_upheld')"
    cause = "coalesce(nullif(c.cause, ''), nullif(c.first_cause, ''), 'none')"
    yield (
        "cause",
        _select("cause", upheld, day, kind=cause, sub="c.cause_scope", **by),
    )


BECAME = {
    "executed": "paid",
    "reversed": "reversed",
    "refused": "not_taken",
    "lapsed": "not_taken",
}
"""What became of money that was decided; anything else is pending."""


def _money(cases: str) -> str:
    became = " ".join(f"WHEN '{one}' THEN '{word}'" for one, word in BECAME.items())
    source = (
        f"{cases} c JOIN complaints_remedy r ON r.complaint_id = c.id"
        " AND r.amount IS NOT NULL AND r.state <> 'cancelled'"
        " JOIN complaints_decision d ON d.id = r.decision_id"
        " AND d.status IN ('issued', 'superseded') AND d.issued_at IS NOT NULL"
    )
    asset = f"CASE WHEN c.barred THEN '{RESTRICTED}' ELSE r.asset END"
    return _select(
        "money",
        source,
        _day("d.issued_at"),
        kind=asset,
        sub=f"CASE r.state {became} ELSE 'pending' END",
        unit="r.reporting_currency",
        amount="r.amount",
        value="r.reporting_value",
    )


def _again(cases: str, received: str) -> str:
    """Whether the same customer had complained within the year before."""
    before = (
        "EXISTS (SELECT 1 FROM complaints_complaint b"  # noqa: S608
        " WHERE b.customer_id = c.customer_id AND b.id <> c.id"
        " AND b.merged_into_id IS NULL AND (b.received_at < c.received_at"
        " OR (b.received_at = c.received_at AND b.id < c.id))"
        f" AND b.received_at > {_year_before('c.received_at')})"
    )
    kind = f"CASE WHEN {before} THEN 'again' ELSE 'first' END"
    return _select(
        "again", f"{cases} c WHERE c.state <> '{State.MERGED}'", received, kind=kind
    )


def _year_before(moment: str) -> str:
    if connection.vendor == "postgresql":
        return f"{moment} - interval '{AGAIN_WITHIN} days'"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', {moment}, '-{AGAIN_WITHIN} days')"


def condition(keys: Collection[int] | None) -> str:
    """Which cases are meant: these, or all of them."""
    if keys is None:
        return "1 = 1"
    return f"c.id IN ({', '.join(str(int(key)) for key in sorted(keys)) or 'NULL'})"


def insert(keys: Collection[int] | None = None) -> dict[str, int]:
    """Write the marks of these cases, or of all; how many of each kind."""
    names = ", ".join(COLUMNS)
    made = {}
    with connection.cursor() as cursor, _sources(cursor, keys):
        for name, select in statements(*SOURCES):
            cursor.execute(f"INSERT INTO compliance_mark ({names}) {select}", [])
            made[name] = cursor.rowcount
    return made


SOURCES = CASES, EVENTS, FIRSTS = "rollup_cases", "rollup_events", "rollup_firsts"
DECISIONS = "rollup_decisions"


@contextmanager
def _sources(cursor: Any, keys: Collection[int] | None) -> Iterator[None]:
    """Tables that all marks are made from, filled once and dropped after."""
    sources = {
        CASES: _cases(condition(keys)),
        EVENTS: _events(CASES),
        DECISIONS: _decisions(CASES),
        FIRSTS: _firsts(CASES, DECISIONS, EVENTS),
    }
    for name, source in sources.items():
        sql = f"CREATE TEMPORARY TABLE {name} AS SELECT * FROM {source} s"  # noqa: S608
        cursor.execute(sql, [])
        cursor.execute(f"ANALYZE {name}")
    yield
    for name in sources:
        cursor.execute(f"DROP TABLE {name}")
