"""Finds articles by words, in English and Chinese, also from a whole complaint.

Chinese has no spaces, so its words are taken as every two neighbouring characters;
a question of two characters is one such pair. The articles are few: the index of a
language stands in memory and is made anew when one of them changes.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.urls import reverse
from django.utils import timezone

from complaints import registry
from complaints.public.models import Kind, Version, Wording

LONGEST = 2_000
"""Characters of a question that are read."""

WEIGHTS = {"title": 5, "keywords": 4, "summary": 2, "body": 1}
FLOOR = 3.0
"""What a suggestion scores at least: a rare word in a title, or two in a text."""

_LATIN = re.compile(r"[a-z0-9]+")
_CHINESE = re.compile("[\u3400-\u9fff]+")
_STOP = frozenset(
    """
    a about all an and any are as at be been but by can could did do does for from
    get got had has have he her him his how i if in into is it its me my no not of
    on or our out please she so than that the their them then there they this to up
    us was we were what when where which who why will with would you your
    """.split()  # noqa: SIM905 - eighty words read better so
)
_ENDINGS = (
    "ations",
    "ation",
    "ating",
    "ated",
    "ates",
    "ate",
    "ings",
    "ing",
    "als",
    "al",
    "ies",
    "ed",
    "es",
    "s",
    "e",
)


@dataclass(frozen=True)
class Found:
    """An article that answers: how well (higher is better) and where it stands."""

    code: str
    title: str
    summary: str
    score: float

    @property
    def url(self) -> str:
        return reverse("public:article", kwargs={"code": self.code})


@dataclass(frozen=True)
class Index:
    """Term -> article code -> weight; how many articles there are; their words."""

    terms: dict[str, dict[str, float]]
    articles: dict[str, tuple[str, str]]


def terms_of(text: str) -> Iterator[str]:
    """The terms of a text: stems of Latin words, pairs and single Chinese signs."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    for word in _LATIN.findall(plain):
        if word not in _STOP:
            yield stem(word)
    for run in _CHINESE.findall(plain):
        yield from run
        yield from (run[place : place + 2] for place in range(len(run) - 1))


def stem(word: str) -> str:
    """The word without its ending, where three letters remain."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _asked(text: str) -> set[str]:
    """The terms of a question. One sign alone counts only where it is all there is."""
    found = set(terms_of(text[:LONGEST]))
    telling = {term for term in found if len(term) > 1}
    return telling or found


def search(
    text: str, language: str, *, limit: int = 20, now: datetime | None = None
) -> list[Found]:
    """Articles with any word of ``text``, the best first. At most three queries."""
    index = index_of(language, now or timezone.now())
    return _ranked(index, _asked(text))[:limit]


def suggest(
    text: str, language: str, *, limit: int = 3, now: datetime | None = None
) -> list[Found]:
    """Articles that a complaint of these words may be about; rather none than any.

    What scores little, or far below the best one, is left out.
    """
    index = index_of(language, now or timezone.now())
    ranked = _ranked(index, _asked(text))
    best = ranked[0].score if ranked else 0.0
    return [one for one in ranked[:limit] if one.score >= max(FLOOR, best / 2)]


@registry.suggester
def suggested(text: str, language: str) -> list[registry.Suggestion]:
    """The same for the other doors."""
    found = suggest(text, language)
    return [registry.Suggestion(one.title, one.summary, one.url) for one in found]


def _ranked(index: Index, asked: set[str]) -> list[Found]:
    """By the sum of each term's weight in the article times how rare the term is."""
    scores: defaultdict[str, float] = defaultdict(float)
    for term in asked:
        held = index.terms.get(term, {})
        for code, weight in held.items():
            rare = math.log((1 + len(index.articles)) / len(held))
            scores[code] += rare * (1 + math.log(weight))
    found = [Found(code, *index.articles[code], scores[code]) for code in scores]
    return sorted(found, key=lambda one: (-one.score, one.code))


def index_of(language: str, now: datetime) -> Index:
    """The index of the articles in force. One query, three when one has changed."""
    return _index(language, _stamp(now))


def _stamp(now: datetime) -> str:
    """Changes when an article is published, comes into force, or is withdrawn."""
    live = Version.objects.in_force(now).filter(
        document__kind=Kind.ARTICLE, document__withdrawn_at=None
    )
    rows = sorted(live.values_list("pk", "published_at"))
    return ",".join(f"{pk}@{at.timestamp()}" for pk, at in rows if at)


@lru_cache(maxsize=8)
def _index(language: str, keys: str) -> Index:
    wanted = [int(key.partition("@")[0]) for key in keys.split(",") if key]
    rows = Version.objects.filter(pk__in=wanted).with_words()
    terms: dict[str, dict[str, float]] = defaultdict(dict)
    articles: dict[str, tuple[str, str]] = {}
    for version in rows:
        words = version.words(language)
        code = version.document.code
        articles[code] = (words.title, words.summary)
        for term, weight in _weighed(words):
            terms[term][code] = terms[term].get(code, 0) + weight
    return Index(dict(terms), articles)


def _weighed(words: Wording) -> Iterable[tuple[str, float]]:
    for name, weight in WEIGHTS.items():
        for term in terms_of(getattr(words, name)):
            yield term, weight
