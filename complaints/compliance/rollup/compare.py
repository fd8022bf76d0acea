"""What came out otherwise from one version of a month to another, in words."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from complaints.compliance.models import FrozenTally, Measure, Snapshot
from complaints.compliance.rollup.freeze import reckoned
from complaints.models.amount import EXACT, digits
from complaints.models.cause import cause_labels
from complaints.states import CauseScope, Outcome, Step
from complaints.transitions import Words

Key = tuple[str, str, str]
"""Measure, kind, and the asset where it is a sum of money."""

MEASURES: Mapping[str, Words] = {
    Measure.IN: _("Came in"),
    Measure.OUT: _("Left"),
    Measure.ARRIVED: _("Received, by hour of the week"),
    Measure.CHANNEL: _("Received, by channel and hour"),
    Measure.DUE: _("Limits that fell due"),
    Measure.TOOK: _("Days to the decision"),
    Measure.OUTCOME: _("First decisions"),
    Measure.COHORT: _("Decisions and their appeals"),
    Measure.CAUSE: _("Causes"),
    Measure.MONEY: _("Redress"),
    Measure.AGAIN: _("Complained again or not"),
}
KINDS: Mapping[str, Words] = {
    **dict(Outcome.choices),
    **dict(Step.choices),
    **dict(CauseScope.choices),
    "received": _("received"),
    "kept": _("in time"),
    "late": _("late, done"),
    "running": _("late and still open"),
    "decided": _("decided"),
    "appealed": _("appealed"),
    "concluded": _("appeal concluded"),
    "changed": _("changed on appeal"),
    "paid": _("paid"),
    "pending": _("pending"),
    "reversed": _("reversed"),
    "not_taken": _("not taken"),
    "first": _("for the first time"),
    "again": _("again within a year"),
}


@dataclass(frozen=True)
class Difference:
    """One sum of a month that came out otherwise: measure, kind, and both numbers.

    With ``unit`` they are amounts of that asset, else they count cases. ``words`` say
    what it is a sum of, in the language in force.
    """

    measure: str
    kind: str
    unit: str
    was: Decimal
    is_now: Decimal
    words: str = ""

    @property
    def numbers(self) -> str:
        """ "2 → 3", "600 → 550.5 USDT"."""
        was, now = digits(self.was), digits(self.is_now)
        return f"{was} → {now} {self.unit}".strip()


def differences(before: Snapshot, after: Snapshot | None = None) -> list[Difference]:
    """What changed from one version to another, or to what is reckoned now."""
    was = _by_kind(FrozenTally.objects.filter(snapshot=before))
    if after is not None:
        now = _by_kind(FrozenTally.objects.filter(snapshot=after))
    else:
        now = _by_kind(reckoned(before.month))
    names = {**KINDS, **cause_labels()}
    return [
        Difference(*key, was[key], now[key], _words(key, names))
        for key in sorted({*was, *now})
        if was[key] != now[key]
    ]


def _words(key: Key, names: Mapping[str, Words]) -> str:
    measure, kind, _unit = key
    kinds = [str(names.get(one, one)) for one in kind.split()]
    return " · ".join([str(MEASURES.get(measure, measure)), *kinds])


def _by_kind(rows: "QuerySet[Any]") -> dict[Key, Decimal]:
    """Numbers of cases, and of money the amounts by asset as well."""
    found: defaultdict[Key, Decimal] = defaultdict(Decimal)
    columns = ("measure", "kind", "sub", "n", "amount")
    monthly = rows.filter(monthly=True).values_list(*columns)
    for measure, kind, sub, n, amount in monthly.iterator(chunk_size=5000):
        key = measure, f"{kind} {sub}".strip()
        found[*key, ""] += n
        if amount is not None:
            found[*key, kind] = EXACT.add(found[*key, kind], amount)
    return found
