"""Marks of first decisions by language, country, channel and account tier.

Cases behind a barrier and of erased customers have none: a group can be one person. So
months of these marks are never frozen either.
"""

from collections.abc import Iterator

from complaints.compliance.rollup import exact

DIMENSIONS = {
    "language": "c.language",
    "country": "c.country",
    "channel": "c.channel",
    "tier": "c.account_tier",
}
"""What groups are made by, and the column of a decided case that says it."""

NOT_UPHELD, UPHELD, PAID = range(3)
"""What the number of such a mark says; ``PAID`` is upheld as well."""


def paid(firsts: str) -> str:
    """What the payments of each first decision are worth together."""
    return f"""(
        SELECT r.decision_id, {exact.total("r.reporting_value")} AS paid
        FROM {firsts} c JOIN complaints_remedy r ON r.decision_id = c.decision_id
        WHERE r.reporting_value IS NOT NULL AND r.state <> 'cancelled'
        GROUP BY r.decision_id
    )"""  # noqa: S608


def source(firsts: str, payments: str) -> str:
    """Decided cases that count in groups, with what was paid."""
    return (
        f"{firsts} c LEFT JOIN {payments} m ON m.decision_id = c.decision_id"
        " WHERE NOT c.barred AND NOT c.erased"
    )


def columns(day: str) -> Iterator[dict[str, str]]:
    """The columns of the mark of each dimension, beside case and measure."""
    upheld = "c.outcome IN ('upheld', 'partly_upheld')"
    got = f"{upheld} AND CAST(m.paid AS real) > 0"
    number = (
        f"CASE WHEN {got} THEN {PAID} WHEN {upheld} THEN {UPHELD} ELSE {NOT_UPHELD} END"
    )
    for name, column in DIMENSIONS.items():
        yield {
            "day": day,
            "team": "0",
            "kind": column,
            "sub": f"'{name}'",
            "number": number,
            "value": f"CASE WHEN {got} THEN m.paid END",
        }
