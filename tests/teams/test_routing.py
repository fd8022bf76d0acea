"""Routing as a table: the first rule whose every condition fits."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teams.routing import Facts, first_match, fits

SEVERITIES = ("low", "normal", "high", "critical")


@dataclass(frozen=True)
class Rule:
    name: str = ""
    category: str = ""
    minimum_severity: str = ""
    language: str = ""
    minimum_amount: Decimal | None = None
    funds_at_risk: bool | None = None


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        (Rule(), Facts(), True),
        (Rule(category="security"), Facts(category="security"), True),
        (Rule(category="security"), Facts(category="security.takeover"), True),
        (Rule(category="security"), Facts(category="securityx"), False),
        (Rule(category="security.takeover"), Facts(category="security"), False),
        (Rule(category="security"), Facts(), False),
        (Rule(minimum_severity="high"), Facts(severity="high"), True),
        (Rule(minimum_severity="high"), Facts(severity="critical"), True),
        (Rule(minimum_severity="high"), Facts(severity="normal"), False),
        (Rule(minimum_severity="high"), Facts(severity=""), False),
        (Rule(minimum_severity="strange"), Facts(severity="high"), False),
        (Rule(language="zh"), Facts(language="zh-hans"), True),
        (Rule(language="zh"), Facts(language="ZH-Hans"), True),
        (Rule(language="zh-hans"), Facts(language="zh"), False),
        (Rule(language="zh"), Facts(language="en"), False),
        (Rule(minimum_amount=Decimal(500)), Facts(amount=Decimal(500)), True),
        (Rule(minimum_amount=Decimal(500)), Facts(amount=Decimal("499.99")), False),
        (Rule(minimum_amount=Decimal(500)), Facts(amount=None), False),
        (Rule(funds_at_risk=True), Facts(funds_at_risk=True), True),
        (Rule(funds_at_risk=True), Facts(funds_at_risk=False), False),
        (Rule(funds_at_risk=False), Facts(funds_at_risk=True), False),
        (Rule(funds_at_risk=None), Facts(funds_at_risk=True), True),
        (
            Rule(category="fees", language="zh"),
            Facts(category="fees", language="en"),
            False,
        ),
    ],
)
def test_rule_fits(rule: Rule, facts: Facts, expected: bool) -> None:
    assert fits(rule, facts, SEVERITIES) is expected


def test_first_match_takes_the_earliest_rule_that_fits() -> None:
    rules = [Rule("risk", category="trading"), Rule("all"), Rule("later")]

    found = first_match(rules, Facts(category="fees"), SEVERITIES)

    assert found == Rule("all")


def test_first_match_without_a_fitting_rule_finds_none() -> None:
    rules = [Rule(category="trading")]
    assert first_match(rules, Facts(category="fees"), SEVERITIES) is None


WORDS = st.sampled_from(["", "security", "security.takeover", "fees"])
RULES = st.builds(
    Rule,
    category=WORDS,
    minimum_severity=st.sampled_from(["", *SEVERITIES]),
    language=st.sampled_from(["", "en", "zh"]),
    minimum_amount=st.none() | st.decimals(0, 1000, places=2),
    funds_at_risk=st.none() | st.booleans(),
)
FACTS = st.builds(
    Facts,
    category=WORDS,
    severity=st.sampled_from(SEVERITIES),
    language=st.sampled_from(["en", "zh-hans"]),
    amount=st.none() | st.decimals(0, 1000, places=2),
    funds_at_risk=st.booleans(),
)


@given(rule=RULES, facts=FACTS)
def test_a_rule_fits_when_and_only_when_each_condition_alone_does(
    rule: Rule, facts: Facts
) -> None:
    names = (
        "category",
        "minimum_severity",
        "language",
        "minimum_amount",
        "funds_at_risk",
    )
    alone = [replace(Rule(), **{name: getattr(rule, name)}) for name in names]

    each = [fits(one, facts, SEVERITIES) for one in alone]

    assert fits(rule, facts, SEVERITIES) is all(each)


@given(rules=st.lists(RULES, max_size=6), facts=FACTS)
def test_no_rule_before_the_match_fits(rules: list[Rule], facts: Facts) -> None:
    found = first_match(rules, facts, SEVERITIES)
    before = rules if found is None else rules[: rules.index(found)]
    assert not any(fits(rule, facts, SEVERITIES) for rule in before)
