"""Intervals and tests for counts, against published and independent values."""

import math
from math import comb
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.estimates import (
    Z95,
    Z998,
    discoveries,
    dispersion,
    funnel,
    rate_ratio,
    surprise,
    tail,
    wilson,
)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Newcombe 1998, table I: method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(hits: int, of: int, low: float, high: float) -> None:
    found = wilson(hits, of)

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert found.value == hits / of


@given(of=st.integers(1, 5000), data=st.data())
def test_wilson_holds_the_share_within_bounds(of: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, of))
    found, mirrored = wilson(hits, of), wilson(of - hits, of)

    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1
    assert found.low == pytest.approx(1 - mirrored.high, abs=1e-9)


def test_ratio_of_rates_against_clopper_and_pearson() -> None:
    """10 of 40 has the exact interval 0.12691 to 0.41196 (R: binom.test(10, 40))."""
    found = rate_ratio(before=30, after=10)

    assert found.value == pytest.approx(1 / 3)
    assert found.low == pytest.approx(0.12691 / (1 - 0.12691), rel=1e-3)
    assert found.high == pytest.approx(0.41196 / (1 - 0.41196), rel=1e-3)


def test_ratio_of_rates_at_the_edges() -> None:
    nothing, gone, fresh = rate_ratio(0, 0), rate_ratio(12, 0), rate_ratio(0, 12)

    assert math.isnan(nothing.value)
    assert (nothing.low, nothing.high) == (0.0, math.inf)
    assert (gone.value, gone.low) == (0.0, 0.0)
    # Nothing after: the upper bound of the share is 1 - (alpha / 2) ** (1 / n).
    bound = 1 - 0.025 ** (1 / 12)
    assert gone.high == pytest.approx(bound / (1 - bound), rel=1e-6)
    assert (fresh.value, fresh.high) == (math.inf, math.inf)
    assert fresh.low > 1


@given(before=st.integers(0, 200), after=st.integers(0, 200))
def test_ratio_is_the_other_way_round_when_time_runs_back(
    before: int, after: int
) -> None:
    there, back = rate_ratio(before, after), rate_ratio(after, before)

    assert there.low <= there.high
    if before and after:
        assert there.low == pytest.approx(1 / back.high, rel=1e-6)


def test_tail_is_the_prediction_from_jeffreys_prior() -> None:
    """Weeks like a Poisson's: negative binomial of size S + 1/2, chance n / (n + 1)."""
    weeks = [3, 2, 3, 4, 3, 3, 2, 4]
    size, chance = sum(weeks) + 0.5, len(weeks) / (len(weeks) + 1)
    below = sum(
        math.exp(math.lgamma(k + size) - math.lgamma(k + 1) - math.lgamma(size))
        * chance**size
        * (1 - chance) ** k
        for k in range(9)
    )

    assert dispersion(weeks) == 1.0
    assert surprise(9, weeks) == pytest.approx(1 - below, rel=1e-9)


def test_tail_of_whole_size_against_the_sum_of_combinations() -> None:
    """Size 4, chance 1/3: mean 8, variance 24; failures before the fourth success."""
    exact = 1 - sum(comb(k + 3, 3) * (1 / 3) ** 4 * (2 / 3) ** k for k in range(20))

    assert tail(20, 8, 24) == pytest.approx(exact, rel=1e-9)
    assert tail(0, 8, 24) == 1.0


@given(
    weeks=st.lists(st.integers(0, 60), min_size=2, max_size=12),
    count=st.integers(0, 400),
)
def test_more_is_never_less_surprising(weeks: list[int], count: int) -> None:
    here, more = surprise(count, weeks), surprise(count + 1, weeks)

    assert 0.0 <= more <= here + 1e-12 <= 1.0 + 1e-9


@given(weeks=st.lists(st.integers(0, 30), min_size=2, max_size=12))
def test_a_varying_past_makes_the_same_count_less_surprising(weeks: list[int]) -> None:
    calm = [round(sum(weeks) / len(weeks))] * len(weeks)
    if sum(calm) == sum(weeks):
        assert surprise(40, weeks) >= surprise(40, calm) - 1e-12


def test_mass_incident_is_beyond_doubt_and_a_quiet_week_is_not() -> None:
    quiet = [2, 1, 3, 2, 0, 2, 1, 3]

    assert surprise(400, quiet) < 1e-200
    assert 1e-13 < surprise(20, quiet) < 1e-8
    assert surprise(3, quiet) > 0.1
    assert surprise(5, [0] * 8) < 1e-4 < surprise(1, [0] * 8)


def test_discoveries_as_published() -> None:
    """Benjamini and Hochberg 1995, section 4: four of fifteen stand at 0.05."""
    chances = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
    ]

    assert discoveries(chances, 0.05) == [0, 1, 2, 3]
    assert discoveries([], 0.05) == []
    shuffled = [chances[place] for place in (4, 0, 14, 3, 1, 2)]
    assert discoveries(shuffled, 0.05 * 6 / 15) == [1, 3, 4, 5]


def test_few_false_alarms_where_nothing_happens() -> None:
    """250 weeks of 40 quiet cells: at 0.01 at most about one in a hundred alarms."""
    dice, alarmed = Random(7), 0
    for _week in range(250):
        chances = []
        for _cell in range(40):
            weeks = [_poisson(dice, 2.0) for _ in range(9)]
            chances.append(surprise(weeks[-1], weeks[:-1]))
        alarmed += bool(discoveries(chances, 0.01))

    assert alarmed <= 6


def _poisson(dice: Random, mean: float) -> int:
    bound, number, product = math.exp(-mean), 0, dice.random()
    while product > bound:
        number, product = number + 1, product * dice.random()
    return number


def test_funnel_narrows_with_the_number_of_cases() -> None:
    few, many = funnel([0.4] * 25, Z95), funnel([0.4] * 100, Z95)

    assert few == pytest.approx((0.4 - Z95 * 0.09798, 0.4 + Z95 * 0.09798), abs=1e-4)
    assert many[1] - many[0] == pytest.approx((few[1] - few[0]) / 2)
    assert funnel([0.5, 0.5], Z998) == (0.0, 1.0)
