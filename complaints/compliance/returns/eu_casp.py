"""The figures of Art 8 of Delegated Regulation (EU) 2025/294 for a period.

They are those of the reviewers' page, so that a return never says something else.
"""

from datetime import datetime

from complaints.compliance.figures import Figures, read
from complaints.compliance.returns.period import Period
from complaints.compliance.returns.sheets import Return, Table

NOTES = (
    (
        "Steps: finished in the period, with the mean time in seconds; fell due in the"
        " period, and of these those that missed the desk's own limit (Art 8)."
    ),
    (
        "Outcomes are those of the first decision in the period, refused admissions and"
        " withdrawals."
    ),
    "Cases behind an information barrier count in totals and stand as 'restricted'.",
)


def build(period: Period, cut_off: datetime) -> Return:
    """Counted at ``cut_off``: what falls due later is not yet late."""
    found = read(period.since, period.until, cut_off)
    tables = (
        Table("totals", ("figure", "value"), _totals(found)),
        Table(
            "steps", ("step", "finished", "mean_seconds", "due", "late"), _steps(found)
        ),
        Table("topics", ("topic", "received"), sorted(found.topics.items())),
        Table("outcomes", ("outcome", "concluded"), sorted(found.outcomes.items())),
    )
    return Return("eu-casp", period, cut_off, tables, NOTES)


def _totals(found: Figures) -> list[tuple[str, int]]:
    return [
        ("received", found.received),
        ("concluded", found.concluded),
        ("breaches", found.breaches),
    ]


def _steps(found: Figures) -> list[tuple[str, int, int | None, int, int]]:
    return [
        (step.step, step.finished, step.mean_seconds, step.due, step.late)
        for step in found.steps
    ]
