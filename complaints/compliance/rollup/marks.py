"""Which marks a case has, as SQL over clocks, ledger and register.

Each statement is a pure function of the rows of one case (AGAIN: of the cases of one
customer), so that reckoning a few cases anew gives the same marks as reckoning all.
Names and words stand in this module; what comes from outside are keys, as numbers.
"""

from collections.abc import Collection, Iterator

from django.db import connection

from complaints.compliance.rollup import exact, groups, sources
from complaints.compliance.rollup.sources import (
    CASES,
    DONE,
    EVENTS,
    FIRSTS,
    PAYMENTS,
    RESTRICTED,
    words,
)
from complaints.compliance.rows import STEPS
from complaints.states import State

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
    decided = groups.source(firsts, PAYMENTS)
    for given in groups.columns(_day("c.issued_at")):
        yield f"by {given['sub']}", _select("group", decided, **given)


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
        f" AND k.step IN ({words(STEPS)})"
        " AND (k.stopped_at IS NOT NULL OR k.paused_at IS NULL)"
    )
    return _select("due", source, _day("k.due_at"), kind="k.step", sub=became)


CONCLUDED = "e.what = 'conclude_appeal'"
CHANGED = words([State.REMEDYING, State.INVESTIGATING])
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


def insert(keys: Collection[int] | None = None) -> dict[str, int]:
    """Write the marks of these cases, or of all; how many of each kind."""
    names = ", ".join(COLUMNS)
    made = {}
    exact.prepare()
    with connection.cursor() as cursor, sources.made(cursor, keys):
        for name, select in statements(CASES, EVENTS, FIRSTS):
            cursor.execute(f"INSERT INTO compliance_mark ({names}) {select}", [])
            made[name] = cursor.rowcount
    return made
