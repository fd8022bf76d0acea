"""Work that a worker owes a file: owed once, claimed by a lease, tried again.

A worker that was killed loses nothing, and two never do the same work to one file.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from complaints.models import Evidence, EvidenceTask, EvidenceWork

LEASE = timedelta(minutes=5)
WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=30)


def owe(evidence: Evidence, what: EvidenceWork, *, now: datetime) -> None:
    """Have a worker do it, unless it is owed or done already."""
    owe_all([evidence.pk], what, now=now)


def owe_all(keys: Iterable[int], what: EvidenceWork, *, now: datetime) -> None:
    rows = [EvidenceTask(evidence_id=pk, what=what, asked_at=now) for pk in keys]
    if rows:
        EvidenceTask.objects.bulk_create(rows, ignore_conflicts=True)


def claim_due(
    what: EvidenceWork, *, limit: int, now: datetime | None = None, most_tries: int = 0
) -> Iterator[EvidenceTask]:
    """Rows that are owed, the oldest first, each claimed as it is asked for.

    ``most_tries`` of 0 never gives up. Never in a transaction: the work takes seconds.
    """
    free = _free(now or timezone.now(), most_tries)
    owed = EvidenceTask.objects.filter(free, what=what).order_by("asked_at", "pk")
    for pk in list(owed.values_list("pk", flat=True)[:limit]):
        moment = now or timezone.now()
        mine = EvidenceTask.objects.filter(_free(moment, most_tries), pk=pk)
        claimed = mine.update(leased_until=moment + LEASE, tries=F("tries") + 1)
        if claimed:
            rows = EvidenceTask.objects.select_related("evidence__complaint")
            yield rows.get(pk=pk)


def _free(now: datetime, most_tries: int) -> Q:
    free = Q(done_at=None) & (Q(leased_until=None) | Q(leased_until__lte=now))
    return free & Q(tries__lt=most_tries) if most_tries else free


def put_off(task: EvidenceTask, reason: str, *, now: datetime) -> None:
    """Try it again later, each time after a longer while."""
    wait = min(WAIT * 2 ** min(task.tries - 1, 10), LONGEST_WAIT)
    _mine(task).update(leased_until=now + wait, error=reason[:300])


def finish(task: EvidenceTask, *, now: datetime, error: str = "") -> bool:
    """End it; False where the lease ran out and somebody else has it now."""
    changes = {"done_at": now, "leased_until": None, "error": error[:300]}
    return bool(_mine(task).update(**changes))


def _mine(task: EvidenceTask) -> "QuerySet[EvidenceTask]":
    """The row as long as this claim of it stands."""
    return EvidenceTask.objects.filter(pk=task.pk, done_at=None, tries=task.tries)
