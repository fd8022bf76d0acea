"""What the desk proposes to whoever admits a case, each with its reason.

Rules first, then what was learned here; a person decides. Only what the viewer may
see is named.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from complaints.bayes import Learned, guess
from complaints.models import Category, Complaint, LearnedTopics
from complaints.permissions import Viewer
from complaints.selectors.related import Related, named_elsewhere, related_cases
from complaints.states import SEVERITY_ORDER, Severity
from complaints.topic_words import danger_in, language_of, topics_in

SURE = 0.6
MOST_TOPICS = 3
MOST_WORDS = 4
LARGE = 10_000
"""In the currency of reporting; above it a case is at least high."""


@dataclass(frozen=True)
class Topic:
    """A category and why; ``learned`` where the reason is this desk's own past."""

    category: Category
    why: str
    learned: bool


@dataclass(frozen=True)
class Grade:
    """A severity and why."""

    severity: Severity
    why: tuple[str, ...]


@dataclass(frozen=True)
class Triage:
    """Everything there is to propose; ``language`` is "" where it fits."""

    topics: list[Topic]
    grade: Grade
    language: str
    near: list[Related]


def triage_of(case: Complaint, viewer: Viewer) -> Triage:
    """In a fixed number of queries, whatever the case says."""
    text = f"{case.subject}\n{case.description}"
    topics = list(_topics(text))
    written = language_of(text)
    return Triage(
        topics=topics,
        grade=_grade(case, text, topics[0].category if topics else case.category),
        language="" if written == case.language[: len(written)] else written,
        near=[
            one
            for one in related_cases(case, viewer, named_elsewhere(case.pk))
            if one.is_near
        ],
    )


def _topics(text: str) -> Iterator[Topic]:
    """By the words of the rules, then by what was learned if it says another."""
    hits = topics_in(text)[:MOST_TOPICS]
    learned = _learned(text)
    codes = [*(hit.code for hit in hits), *([learned[0]] if learned else [])]
    rows = Category.objects.filter(code__in=codes, active=True).select_related("team")
    known = {row.code: row for row in rows}
    for hit in hits:
        if category := known.get(hit.code):
            yield Topic(category, _says(hit.words), learned=False)
    if learned and learned[0] in known and learned[0] not in codes[:-1]:
        yield Topic(known[learned[0]], learned[1], learned=True)


def _says(words: tuple[str, ...]) -> str:
    quoted = ", ".join(f"“{word}”" for word in words[:MOST_WORDS])
    return _("It says %(words)s.") % {"words": quoted}


def _learned(text: str) -> tuple[str, str] | None:
    """Category and reason, where this desk's past is sure enough."""
    row = LearnedTopics.objects.first()
    found = guess(Learned(**row.counts), text) if row else None
    if row is None or found is None or found.share < SURE or not found.words:
        return None
    words = ", ".join(f"“{word}”" for word in found.words)
    why = _("%(percent)d %% sure by %(cases)d earlier cases: %(words)s.")
    return found.label, why % {
        "percent": min(99, int(found.share * 100)),
        "cases": row.cases,
        "words": words,
    }


def _grade(case: Complaint, text: str, category: Category | None) -> Grade:
    """The highest of what speaks for a severity, with all that does."""
    reasons = list(_grades(case, text, category))
    top = max((level for level, _why in reasons), key=SEVERITY_ORDER.index)
    return Grade(top, tuple(why for level, why in reasons if level == top))


def _grades(
    case: Complaint, text: str, category: Category | None
) -> Iterator[tuple[Severity, str]]:
    if category is not None:
        level = Severity(category.default_severity)
        yield level, _("So are cases of “%(topic)s”.") % {"topic": category.label}
    else:
        yield Severity.NORMAL, _("Nothing speaks for another.")
    if case.funds_at_risk:
        yield Severity.CRITICAL, _("Money is at risk right now.")
    elif words := danger_in(text):
        yield Severity.HIGH, _says(words)
    if case.reporting_value is not None and case.reporting_value >= LARGE:
        yield Severity.HIGH, _("It is about a large sum.")
