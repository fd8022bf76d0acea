"""Learning from what people decided in triage; it suggests and never decides."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from complaints import bayes
from complaints.models import Complaint, LearnedTopics
from complaints.states import Barrier, State

ENOUGH = 200
"""Cases below which nothing is learned at all."""

ENOUGH_OF_A_TOPIC = 10
MOST = 20_000


@transaction.atomic
def learn_topics(*, now: datetime | None = None) -> int:
    """Learn anew from the latest triaged cases; from how many, 0 where too few.

    What was learned before is forgotten with it, so an erased case is in it until the
    next night at most.
    """
    examples = list(_examples())
    frequent = _frequent(examples)
    examples = [one for one in examples if one[1] in frequent]
    LearnedTopics.objects.all().delete()
    if len(examples) < ENOUGH or len(frequent) < 2:
        return 0
    learned = bayes.learn(examples)
    LearnedTopics.objects.create(
        made_at=now or timezone.now(), cases=len(examples), counts=asdict(learned)
    )
    return len(examples)


def _examples() -> Iterator[tuple[str, str]]:
    """Text and category of cases that somebody admitted, the latest first."""
    rows = Complaint.objects.filter(
        barrier=Barrier.NONE, erased_at=None, category__isnull=False
    ).exclude(state__in=(State.RECEIVED, State.MERGED))
    latest = rows.order_by("-pk").values_list(
        "subject", "description", "category__code"
    )
    for subject, description, code in latest[:MOST].iterator(chunk_size=1000):
        yield f"{subject}\n{description}", code


def _frequent(examples: list[tuple[str, str]]) -> set[str]:
    counted = Counter(code for _text, code in examples)
    return {code for code, n in counted.items() if n >= ENOUGH_OF_A_TOPIC}
