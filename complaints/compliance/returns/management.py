"""The report to the management body: Art 8 with the period before, causes, measures.

Art 2(3) of Delegated Regulation (EU) 2025/294. The figures are those of the return of
Art 8; its sentences are reckoned from them and give no reason. What people add is in
``reports``.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from complaints.compliance import figures
from complaints.compliance.figures import RESTRICTED
from complaints.compliance.returns import eu_casp
from complaints.compliance.returns.ends import stretches
from complaints.compliance.returns.period import Period, between
from complaints.compliance.returns.sheets import Cell, Return, Table
from complaints.models import Complaint, Event, ImprovementAction, Remedy
from complaints.states import Barrier, Outcome, RemedyState, Step

NAME: Final = "management"
UPHELD: Final = (Outcome.UPHELD, Outcome.PARTLY_UPHELD)
TOGETHER: Final = 1000
NOTES: Final = (
    _("Before: the same length of time that ended on the day before this period."),
    _("Causes are those of the cases closed in the period, as written at closing."),
    _("Redress is what remedies were worth when they were carried out in the period."),
    _("Measures: improvement actions that were open in the period or became so."),
    *eu_casp.NOTES,
)


def build(period: Period, cut_off: datetime) -> Return:
    """Counted at ``cut_off``."""
    now, past = _sums(period, cut_off), _sums(before(period), cut_off)
    compared: list[tuple[Cell, ...]] = [
        (code, value, past[code]) for code, value in now.items()
    ]
    art_8 = eu_casp.build(period, cut_off).tables
    tables = (
        Table("compared", ("figure", "value", "before"), compared),
        *(table for table in art_8 if table.code != "totals"),
        Table("causes", ("cause", "single", "recurring", "systemic"), _causes(period)),
        Table("measures", MEASURES, _measures(period)),
    )
    return Return(NAME, period, cut_off, tables, NOTES)


def before(period: Period) -> Period:
    """The same number of whole months where it is whole months, else of days."""
    last = period.first - timedelta(days=1)
    after = period.last + timedelta(days=1)
    if period.first.day != 1 or after.day != 1:
        return between(last - (period.last - period.first), last)
    months = (after.year - period.first.year) * 12 + after.month - period.first.month
    at = period.first.year * 12 + period.first.month - 1 - months
    return between(period.first.replace(year=at // 12, month=at % 12 + 1), last)


def _sums(period: Period, cut_off: datetime) -> dict[str, Cell]:
    found = figures.read(period.since, period.until, cut_off)
    took = next(s for s in found.steps if s.step == Step.STATUTORY_DECISION)
    number, worth = _paid(period)
    return {
        "received": found.received,
        "concluded": found.concluded,
        "upheld": sum(found.outcomes.get(code, 0) for code in UPHELD),
        "due": sum(step.due for step in found.steps),
        "late": sum(step.late for step in found.steps),
        "mean_seconds": took.mean_seconds,
        "appeals": _appeals(period),
        "remedies": number,
        "redress": worth,
    }


def _appeals(period: Period) -> int:
    events = Event.objects.using(settings.READ_DATABASE).filter(
        object_type=Complaint.OBJECT_TYPE,
        what="lodge_appeal",
        at__gte=period.since,
        at__lt=period.until,
    )
    return events.count()


def _paid(period: Period) -> tuple[int, Decimal]:
    """How many remedies were carried out in the period and stand, and their worth."""
    rows = Remedy.objects.using(settings.READ_DATABASE).filter(
        state=RemedyState.EXECUTED,
        payout__finished_at__gte=period.since,
        payout__finished_at__lt=period.until,
    )
    worth = [
        row or Decimal(0) for row in rows.values_list("reporting_value", flat=True)
    ]
    return len(worth), sum(worth, Decimal(0))


def _causes(period: Period) -> list[tuple[Cell, ...]]:
    """The most frequent first."""
    counts: dict[str, Counter[str]] = {}
    for cause, scope in _closed(period):
        counts.setdefault(cause, Counter())[scope] += 1
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    scopes = ("single", "recurring", "systemic")
    return [(code, *(found[scope] for scope in scopes)) for code, found in ranked]


def _closed(period: Period) -> Iterable[tuple[str, str]]:
    """Cause and nature of each case closed in the period; a case counts once."""
    using = settings.READ_DATABASE
    events = Event.objects.using(using).filter(
        object_type=Complaint.OBJECT_TYPE,
        what="close",
        at__gte=period.since,
        at__lt=period.until,
    )
    keys = set(events.order_by().values_list("object_id", flat=True))
    cases = Complaint.objects.using(using).filter(merged_into=None).exclude(cause="")
    for stretch in stretches(sorted(key or 0 for key in keys), TOGETHER):
        rows = cases.filter(pk__in=stretch).values_list(
            "cause", "cause_scope", "barrier"
        )
        for cause, scope, barrier in rows:
            yield (cause if barrier == Barrier.NONE else RESTRICTED), scope


# Measures -----------------------------------------------------------------------------

MEASURES: Final = (
    *("measure", "cause", "team", "owner", "due_on", "state"),
    *("before", "after"),
)


def _measures(period: Period) -> list[tuple[Cell, ...]]:
    """Those that were not over before the period; before and after where measured."""
    rows = ImprovementAction.objects.using(settings.READ_DATABASE).filter(
        opened_at__lt=period.until
    )
    rows = rows.exclude(verified_at__lt=period.since).select_related("team", "owner")
    return [
        (
            *(row.title, row.cause, row.team.code, str(row.owner)),
            *(row.due_on.isoformat(), row.state, *_effect(row)),
        )
        for row in rows.order_by("due_on", "pk")
    ]


def _effect(row: ImprovementAction) -> tuple[Cell, Cell]:
    return (row.before, row.after) if row.verified_at else ("", "")
