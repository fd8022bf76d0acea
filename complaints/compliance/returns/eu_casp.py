"""The figures of Art 8 of Delegated Regulation (EU) 2025/294 for a period.

They are those of the reviewers' page, so that a return never says something else.
"""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from complaints.compliance import rows
from complaints.compliance.figures import Figures, read
from complaints.compliance.returns.period import Period
from complaints.compliance.returns.sheets import Return, Table

NOTES = (
    _(
        "The steps of Art 8(a) are called here: acknowledgement Acknowledge, "
        "investigation Investigate, response Decision by law, from receipt to decision."
    ),
    _(
        "Ended: steps that ended in the period, with their mean time, nights and "
        "waiting for the customer included. Late: of those that fell due in the "
        "period, the ones that missed the desk's own limit."
    ),
    _(
        "Outcomes are those of the first decisions of the period, refused admissions "
        "and withdrawals."
    ),
    _(
        "Cases behind an information barrier count in the sums and stand as Restricted "
        "instead of under a topic."
    ),
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
        Table("outcomes", ("outcome", "concluded"), _outcomes(found)),
    )
    return Return("eu-casp", period, cut_off, tables, NOTES)


def _totals(found: Figures) -> list[tuple[str, int]]:
    return [
        ("received", found.received),
        ("concluded", found.concluded),
        ("breaches", found.breaches),
    ]


def _outcomes(found: Figures) -> list[tuple[str, int]]:
    """Every outcome there is, also those that nobody had."""
    return [(code, found.outcomes.get(code, 0)) for code in rows.OUTCOMES]


def _steps(found: Figures) -> list[tuple[str, int, int | None, int, int]]:
    return [
        (step.step, step.finished, step.mean_seconds, step.due, step.late)
        for step in found.steps
    ]
