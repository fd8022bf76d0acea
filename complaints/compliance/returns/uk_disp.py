"""The complaints return of DISP 1.10 and 1 Annex 1R for a half year.

Upheld in part counts as upheld, and so does redress that was offered without
accepting; what was paid on a rejected complaint leaves it rejected (DISP 1.10).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from complaints import profiles
from complaints.clocks.business import add_business_days
from complaints.clocks.limits import add_calendar_days
from complaints.compliance import rows
from complaints.compliance.figures import RESTRICTED
from complaints.compliance.returns.ends import Counted, counted
from complaints.compliance.returns.period import Period
from complaints.compliance.returns.sheets import Return, Table
from complaints.models import Complaint, Remedy
from complaints.states import Barrier, Outcome, RemedyState

PROFILE = "uk-disp"
UPHELD = frozenset(
    {Outcome.UPHELD, Outcome.PARTLY_UPHELD, Outcome.REDRESS_WITHOUT_ACCEPTING}
)
THREE_DAYS, EIGHT_WEEKS, LONGER = (
    "closed_within_3_business_days",
    "closed_within_8_weeks",
    "closed_after_8_weeks",
)
OTHER = "Other"
PUBLISHED_FROM = 500
"""Opened in a half year (DISP 1.10A); 1,000 for whoever reports once a year."""

NOTES = (
    _(
        "Closed: the first decision went out, admission was refused, or it was "
        "withdrawn. Enquiries, matters of another firm and second copies are left out."
    ),
    _(
        "Upheld in part counts as upheld, and so does redress that was offered "
        "without accepting; what was paid on a rejected complaint leaves it rejected "
        "(DISP 1.10)."
    ),
    _(
        "Redress is what remedies of these complaints were worth when they were "
        "carried out in the period, waived fees among them."
    ),
    format_lazy(
        _(
            "Redress is in {currency}, the currency this desk reports in; the form "
            "asks for sterling."
        ),
        currency=profiles.REPORTING_CURRENCY,
    ),
    _("Check: outstanding at the start + opened - closed = outstanding at the end."),
)


class Contradiction(ValueError):
    """The figures of a return contradict each other, so none is given out."""


@dataclass
class Group:
    """The counts of one topic; money is in the currency of reporting."""

    counts: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    redress_upheld: Decimal = Decimal(0)
    redress_not_upheld: Decimal = Decimal(0)

    @property
    def main_cause(self) -> str:
        """The most frequent; of two the first of the alphabet; "" of none."""
        ranked = sorted(self.causes.items(), key=lambda pair: (-pair[1], pair[0]))
        return ranked[0][0] if ranked else ""


COUNTS = (
    "outstanding_start",
    "opened",
    THREE_DAYS,
    EIGHT_WEEKS,
    LONGER,
    "closed",
    "upheld",
    "outstanding_end",
)


def build(period: Period, cut_off: datetime) -> Return:
    """Raises ``Contradiction`` where the counts do not add up."""
    groups = _groups(period)
    for name, group in groups.items():
        check(name, group)
    whole = sum((group.counts for group in groups.values()), Counter[str]())
    tables = [
        Table("return", ("figure", "value"), _return(whole, groups.values())),
        Table(
            "groups",
            ("group", *COUNTS, "redress_upheld", "redress_not_upheld", "main_cause"),
            [_row(name, group) for name, group in sorted(groups.items())],
        ),
    ]
    if whole["opened"] >= PUBLISHED_FROM:
        tables.append(_published(groups))
    return Return(PROFILE, period, cut_off, tuple(tables), NOTES)


def check(name: str, group: Group) -> None:
    """Annex 1R: the numbers of a group must add up."""
    n = group.counts
    bands = n[THREE_DAYS] + n[EIGHT_WEEKS] + n[LONGER]
    left = n["outstanding_start"] + n["opened"] - n["closed"]
    if bands != n["closed"] or left != n["outstanding_end"]:
        raise Contradiction(f"{name}: {dict(n)}")


def _groups(period: Period) -> dict[str, Group]:
    groups: dict[str, Group] = {}
    upheld: dict[int, bool] = {}
    for one in counted(PROFILE, period.until):
        group = groups.setdefault(_topic(one.case), Group())
        _count(group, one, period)
        if one.end:
            upheld[one.case.pk] = one.end.outcome in UPHELD
    for remedy in _paid(period):
        group = groups.setdefault(_topic(remedy.complaint), Group())
        worth = remedy.reporting_value or Decimal(0)
        if upheld.get(remedy.complaint_id):
            group.redress_upheld += worth
        else:
            group.redress_not_upheld += worth
    return {name: one for name, one in groups.items() if _says_anything(one)}


def _says_anything(group: Group) -> bool:
    return bool(+group.counts or group.redress_upheld or group.redress_not_upheld)


def _count(group: Group, one: Counted, period: Period) -> None:
    opened = one.case.received_at >= period.since
    if one.ended_before(period.since):
        return
    group.counts["opened" if opened else "outstanding_start"] += 1
    if not one.ended_before(period.until):
        group.counts["outstanding_end"] += 1
        return
    group.counts["closed"] += 1
    group.counts[_band(one)] += 1
    group.causes[_cause(one.case)] += 1
    if one.end and one.end.outcome in UPHELD:
        group.counts["upheld"] += 1


def _band(one: Counted) -> str:
    """By the calendar that governed the case on the day of its receipt."""
    if one.end is None:
        raise ValueError(f"{one.case} is not closed")
    profile = profiles.by_key(one.case.profile_key)
    received, ended = one.case.received_at, one.end.at
    if ended <= add_business_days(received, 3, profile.calendar):
        return THREE_DAYS
    weeks = add_calendar_days(received, 56, profile.timezone)
    return EIGHT_WEEKS if ended <= weeks else LONGER


def _topic(case: Complaint) -> str:
    """What stands behind an information barrier shows none of its own."""
    if case.barrier != Barrier.NONE:
        return RESTRICTED
    if case.category is None:
        return rows.NO_TOPIC
    return (case.category.parent or case.category).code


def _cause(case: Complaint) -> str:
    if case.barrier != Barrier.NONE or case.category is None:
        return OTHER
    return case.category.mapped("fca_cause", OTHER)


def _paid(period: Period) -> Iterable[Remedy]:
    """Carried out in the period, and not taken back."""
    return (
        Remedy.objects.using(settings.READ_DATABASE)
        .filter(
            complaint__profile_key__startswith=f"{PROFILE}@",
            state=RemedyState.EXECUTED,
            reporting_value__gt=0,
            payout__finished_at__gte=period.since,
            payout__finished_at__lt=period.until,
        )
        .select_related("complaint__category__parent")
    )


def _return(
    whole: Counter[str], groups: Iterable[Group]
) -> list[tuple[str, int | str | Decimal]]:
    paid = list(groups)
    nothing = not any(whole.values())
    many = whole["opened"] >= PUBLISHED_FROM
    return [
        ("nil_return", "yes" if nothing else "no"),
        *((name, whole[name]) for name in COUNTS),
        ("redress_upheld", sum((g.redress_upheld for g in paid), Decimal(0))),
        ("redress_not_upheld", sum((g.redress_not_upheld for g in paid), Decimal(0))),
        (
            "publication_threshold_reached",
            "yes" if many else "no",
        ),
    ]


def _row(name: str, group: Group) -> tuple[int | str | Decimal, ...]:
    counts = (group.counts[count] for count in COUNTS)
    money = (group.redress_upheld, group.redress_not_upheld)
    return (name, *counts, *money, group.main_cause)


def _published(groups: Mapping[str, Group]) -> Table:
    """What DISP 1.10A has published of each group; shares in per cent, one place."""
    head = (
        *("group", "opened", "closed", "percent_within_3_business_days"),
        *("percent_within_8_weeks", "percent_upheld", "main_cause"),
    )
    return Table(
        "publication",
        head,
        [_shares(name, group) for name, group in sorted(groups.items())],
    )


def _shares(name: str, group: Group) -> tuple[int | str | Decimal, ...]:
    n = group.counts
    parts = (n[THREE_DAYS], n[EIGHT_WEEKS], n["upheld"])
    shares = (_percent(part, n["closed"]) for part in parts)
    return (name, n["opened"], n["closed"], *shares, group.main_cause)


def _percent(part: int, whole: int) -> Decimal | str:
    if not whole:
        return ""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"))
