"""Intervals and tests for counts: pure arithmetic, no rows and no clock.

Sources: Wilson 1927 (interval of a share); Clopper and Pearson 1934 and Przyborowski
and Wilenski 1940 (ratio of two Poisson rates); Farrington, Andrews, Beale and Catchpole
1996 (counts of a week against earlier weeks, with overdispersion); Benjamini and
Hochberg 1995 (false discoveries, also under positive dependence: Benjamini and
Yekutieli 2001); Spiegelhalter 2005 (funnel limits).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Z95 = 1.959964
Z998 = 3.090232
"""Standard normal quantiles of two-sided 95 and 99.8 per cent."""

TINY = 1e-300


@dataclass(frozen=True)
class Interval:
    """A value with its two-sided bounds; ``high`` may be infinite."""

    value: float
    low: float
    high: float


def wilson(hits: int, of: int, z: float = Z95) -> Interval:
    """Share of ``hits`` among ``of`` (at least 1) with Wilson's score interval."""
    share, square = hits / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    spread = math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    half = z * spread / (1 + square / of)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


# Before and after ---------------------------------------------------------------------


def rate_ratio(before: int, after: int, alpha: float = 0.05) -> Interval:
    """After over before, both counted over equally long times; exact bounds.

    Given the sum of two Poisson counts the later one is binomial. Without any before
    the ratio and its upper bound are infinite; without both nothing is known.
    """
    both = before + after
    if both == 0:
        return Interval(math.nan, 0.0, math.inf)
    low = _solve(lambda p: _at_least(after, both, p), alpha / 2) if after else 0.0
    high = _solve(lambda p: 1 - _at_least(after + 1, both, p), alpha / 2, falling=True)
    value = after / before if before else math.inf
    return Interval(value, _odds(low), _odds(high) if before else math.inf)


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf


def _at_least(hits: int, of: int, p: float) -> float:
    """P(X >= hits) of a binomial, added up from the end that is the smaller one."""
    if hits <= of * p:
        return 1 - _beyond(of - hits + 1, of, 1 - p)
    return _beyond(hits, of, p)


def _beyond(hits: int, of: int, p: float) -> float:
    """P(X >= hits) where that lies above the mean: terms only shrink."""
    if hits > of:
        return 0.0
    term, total = _binomial(hits, of, p), 0.0
    for k in range(hits, of + 1):
        total += term
        term *= (of - k) / (k + 1) * p / (1 - p) if p < 1 else 0
        if term <= total * 1e-15:
            break
    return total


def _binomial(k: int, of: int, p: float) -> float:
    if p <= 0 or p >= 1:
        return float(k == (of if p >= 1 else 0))
    ways = math.lgamma(of + 1) - math.lgamma(k + 1) - math.lgamma(of - k + 1)
    return math.exp(ways + k * math.log(p) + (of - k) * math.log1p(-p))


def _solve(
    curve: Callable[[float], float], target: float, *, falling: bool = False
) -> float:
    """Where a monotone curve over [0, 1] meets ``target``; by halving."""
    low, high = 0.0, 1.0
    for _step in range(60):
        middle = (low + high) / 2
        if (curve(middle) < target) != falling:
            low = middle
        else:
            high = middle
    return (low + high) / 2


# A sudden rise ------------------------------------------------------------------------


def surprise(count: int, weeks: Sequence[int]) -> float:
    """Chance of ``count`` or more in a week that is like ``weeks`` (at least 2).

    A negative binomial with the mean of the weeks (half a case added, so that an empty
    past is no certainty) and their variance, never under a Poisson's, widened by what
    so few weeks say of the mean. Where the weeks vary as a Poisson it is exactly the
    prediction from Jeffreys' prior.
    """
    mean = (sum(weeks) + 0.5) / len(weeks)
    variance = mean * dispersion(weeks) * (1 + 1 / len(weeks))
    return tail(count, mean, variance)


def dispersion(weeks: Sequence[int]) -> float:
    """Variance over mean of at least two counts, at least 1."""
    mean = sum(weeks) / len(weeks)
    if mean == 0:
        return 1.0
    variance = sum((week - mean) ** 2 for week in weeks) / (len(weeks) - 1)
    return max(1.0, variance / mean)


def tail(count: int, mean: float, variance: float) -> float:
    """P(X >= count) of a negative binomial; ``variance`` lies above ``mean``."""
    if count <= 0:
        return 1.0
    size = mean * mean / (variance - mean)
    chance = size / (size + mean)
    below = sum(_negative(k, size, chance) for k in range(count))
    if below < 0.999:
        return 1 - below
    # So far out the difference would be rounding: add up what lies beyond instead.
    term, beyond, k = _negative(count, size, chance), 0.0, count
    while term > max(beyond * 1e-15, TINY):
        beyond += term
        term *= (k + size) / (k + 1) * (1 - chance)
        k += 1
    return beyond


def _negative(k: int, size: float, chance: float) -> float:
    ways = math.lgamma(k + size) - math.lgamma(k + 1) - math.lgamma(size)
    return math.exp(ways + size * math.log(chance) + k * math.log1p(-chance))


def discoveries(chances: Sequence[float], rate: float) -> list[int]:
    """Places of those that stand when at most ``rate`` of them may be false."""
    ordered = sorted(range(len(chances)), key=lambda place: chances[place])
    most = 0
    for rank, place in enumerate(ordered, start=1):
        if chances[place] <= rate * rank / len(chances):
            most = rank
    return sorted(ordered[:most])


# Funnels ------------------------------------------------------------------------------


def funnel(expected: Sequence[float], z: float) -> tuple[float, float]:
    """Limits of the share among cases whose own chances are ``expected``."""
    of = len(expected)
    middle = sum(expected) / of
    spread = z * math.sqrt(sum(p * (1 - p) for p in expected)) / of
    return max(0.0, middle - spread), min(1.0, middle + spread)
