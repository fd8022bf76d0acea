"""Which complaints speak of something, by the words of all that was said on them."""

from django.db.models import Q

from complaints.bigrams import phrases_of
from complaints.models import SearchWords
from complaints.permissions import NOBODY

LONGEST = 200
MOST_PHRASES = 12


def sought_phrases(text: str) -> tuple[str, ...]:
    """What of ``text`` is looked for: of its first 200 characters 12 phrases."""
    return tuple(phrases_of(text[:LONGEST])[:MOST_PHRASES])


def speaking_of(text: str, *, internal: bool) -> Q:
    """Condition on complaints that hold every word of ``text`` somewhere.

    Of ``text`` the first 200 characters and 12 words count. What only staff may read is
    searched with ``internal`` alone. The caller asks ``visible_to``.
    """
    return holding(sought_phrases(text), internal=internal)


def holding(phrases: tuple[str, ...], *, internal: bool) -> Q:
    """The same of phrases; none of them is in no complaint."""
    if not phrases:
        return NOBODY
    rows = SearchWords.objects.all()
    if not internal:
        rows = rows.filter(internal=False)
    condition = Q()
    for phrase in phrases:
        begun = phrase.removesuffix("*")
        how = "phrase" if begun == phrase else "begun"
        found = rows.filter(**{f"words__{how}": begun})
        condition &= Q(pk__in=found.values("complaint_id"))
    return condition
