"""A small classifier that can say why: multinomial naive Bayes over words.

What it learned is counts and nothing else, so that it can be read, and forgotten.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from complaints.bigrams import words_of

COMMON = 3
"""A word of fewer cases is not learned: it may be somebody's name."""

MOST_WORDS = 3_000
SHOWN_WORDS = 3


@dataclass(frozen=True)
class Learned:
    """``cases`` by label, and by label in how many of them each word stands."""

    cases: dict[str, int]
    words: dict[str, dict[str, int]]

    @property
    def total(self) -> int:
        return sum(self.cases.values())


@dataclass(frozen=True)
class Guess:
    """``share`` is how sure it is, 0 to 1; ``words`` those that speak most for it."""

    label: str
    share: float
    words: tuple[str, ...]


def learn(examples: Iterable[tuple[str, str]]) -> Learned:
    """From (text, label); words with digits in them are nobody's topic."""
    cases, words, everywhere = Counter[str](), dict[str, Counter[str]](), Counter[str]()
    for text, label in examples:
        cases[label] += 1
        found = _words(text)
        words.setdefault(label, Counter()).update(found)
        everywhere.update(found)
    common = {word for word, n in everywhere.most_common(MOST_WORDS) if n >= COMMON}
    kept = {
        label: {word: n for word, n in counts.items() if word in common}
        for label, counts in words.items()
    }
    return Learned(dict(cases), kept)


def guess(learned: Learned, text: str) -> Guess | None:
    """The likeliest label; None where nothing was learned or no word is known."""
    known = _words(text) & {
        word for counts in learned.words.values() for word in counts
    }
    if not known:
        return None
    scores = {label: _score(learned, label, known) for label in learned.cases}
    best = max(sorted(scores), key=scores.__getitem__)
    top = scores[best]
    share = 1 / sum(math.exp(score - top) for score in scores.values())
    return Guess(best, share, _telling(learned, best, known))


def _score(learned: Learned, label: str, words: Iterable[str]) -> float:
    prior = math.log(learned.cases[label] / learned.total)
    return prior + sum(math.log(_chance(learned, label, word)) for word in words)


def _chance(learned: Learned, label: str, word: str) -> float:
    """That a case of ``label`` holds ``word``; never nought (Laplace)."""
    seen = learned.words.get(label, {}).get(word, 0)
    return (seen + 1) / (learned.cases[label] + 2)


def _telling(learned: Learned, label: str, words: Iterable[str]) -> tuple[str, ...]:
    """The words that are much more frequent there than elsewhere."""

    def lift(word: str) -> float:
        others = [o for o in learned.cases if o != label]
        elsewhere = max((_chance(learned, o, word) for o in others), default=1e-9)
        return _chance(learned, label, word) / elsewhere

    telling = [word for word in words if lift(word) > 1 and len(word) > 1]
    return tuple(sorted(telling, key=lambda w: (-lift(w), w))[:SHOWN_WORDS])


def _words(text: str) -> set[str]:
    return {word for word in words_of(text) if not any(map(str.isdigit, word))}
