"""Which team a complaint belongs to, by rules that are data. Pure: reads nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

FALLBACK = "support"
"""The team of what no rule fits."""


@dataclass(frozen=True)
class Facts:
    """What rules look at. ``amount`` is in the reporting currency, None if unknown."""

    category: str = ""
    severity: str = ""
    language: str = ""
    amount: Decimal | None = None
    funds_at_risk: bool = False


class Rule(Protocol):
    """The conditions of a routing rule; what is empty fits everything."""

    category: str
    minimum_severity: str
    language: str
    minimum_amount: Decimal | None
    funds_at_risk: bool | None


Fitting = TypeVar("Fitting", bound=Rule)


def first_match(
    rules: Iterable[Fitting], facts: Facts, severities: Sequence[str]
) -> Fitting | None:
    """The first rule whose every condition fits, None where none does.

    ``severities`` is the order of the words for severity, the lowest first.
    """
    return next((rule for rule in rules if fits(rule, facts, severities)), None)


def fits(rule: Rule, facts: Facts, severities: Sequence[str]) -> bool:
    """Whether all conditions of one rule are met."""
    return (
        _below(rule.category, facts.category)
        and _at_least(rule.minimum_severity, facts.severity, severities)
        and _same_language(rule.language, facts.language)
        and _worth(rule.minimum_amount, facts.amount)
        and rule.funds_at_risk in (None, facts.funds_at_risk)
    )


def _below(wanted: str, category: str) -> bool:
    """The category itself or one below it: "security" fits "security.takeover"."""
    return not wanted or category == wanted or category.startswith(f"{wanted}.")


def _at_least(wanted: str, severity: str, severities: Sequence[str]) -> bool:
    if not wanted:
        return True
    if severity not in severities or wanted not in severities:
        return False
    return severities.index(severity) >= severities.index(wanted)


def _same_language(wanted: str, language: str) -> bool:
    """A rule for "zh" fits "zh-hans"; one for "zh-hans" does not fit "zh"."""
    wanted, language = wanted.lower(), language.lower()
    return not wanted or language == wanted or language.startswith(f"{wanted}-")


def _worth(wanted: Decimal | None, amount: Decimal | None) -> bool:
    return wanted is None or (amount is not None and amount >= wanted)
