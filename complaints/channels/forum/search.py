"""Words of posts and questions as terms: Latin words, and pairs of Chinese signs.

Chinese has no spaces, so a word of two signs is one pair and is found as such. Terms
stand in the row itself between spaces, so one LIKE finds them on both databases.
"""

import re
import unicodedata

from django.db.models import Q

LONGEST = 200
"""Characters of a question that are read."""

MOST_TERMS = 12

_RUNS = re.compile(r"[a-z0-9\u00c0-\u024f]+|[\u3400-\u4dbf\u4e00-\u9fff]+")


def terms_of(text: str) -> list[str]:
    """Every term once, in order; a lone Chinese sign is a term of its own."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    found: dict[str, None] = {}
    for run in _RUNS.findall(plain):
        if run[0] < "\u3400":
            found[run] = None
        else:
            found |= dict.fromkeys(run)
            found |= dict.fromkeys(run[at : at + 2] for at in range(len(run) - 1))
    return list(found)


def indexed(*texts: str) -> str:
    """What ``Post.search`` holds: each term with a space on both sides."""
    terms = terms_of(" ".join(texts))
    return f" {' '.join(terms)} " if terms else ""


def condition(question: str) -> Q | None:
    """Posts that hold every word asked for; Latin words by their beginning."""
    terms = terms_of(question[:LONGEST])
    pairs = [term for term in terms if len(term) > 1]
    asked = (pairs or terms)[:MOST_TERMS]
    if not asked:
        return None
    found = Q()
    for term in asked:
        found &= Q(search__contains=f" {term}" if term[0] < "\u3400" else f" {term} ")
    return found
