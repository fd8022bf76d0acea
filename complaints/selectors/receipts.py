"""Who has opened a case at risk since its alarm, and who was told and has not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from complaints.models import Complaint, Event, Outbox
from complaints.outbox import ALARM, STAFF
from complaints.states import OPEN_STATES
from teams.models import User

OPENED = "case_opened"
"""What the ledger of reads calls that somebody opened the page of a case."""


@dataclass(frozen=True)
class Receipt:
    """One person: when they were told, and when they first opened the case since."""

    person: User
    told_at: datetime | None
    seen_at: datetime | None


def is_urgent(case: Complaint) -> bool:
    return case.funds_at_risk and case.state in OPEN_STATES


def alarms_of(cases: Iterable[Complaint]) -> dict[int, datetime]:
    """When the newest alarm of each was sounded, by primary key."""
    rows = Outbox.objects.filter(kind=ALARM, complaint__in=cases).order_by()
    newest = rows.values("complaint").annotate(at=Max("created_at"))
    return dict(newest.values_list("complaint", "at"))


def receipts_of(cases: Sequence[Complaint]) -> dict[int, list[Receipt]]:
    """By primary key, those who opened it first; in four queries at most.

    ``cases`` come from ``visible_to``. A case without an alarm has no receipts.
    """
    alarms = alarms_of(cases)
    told = _told(alarms)
    seen = _seen(alarms)
    people = User.objects.in_bulk({person for _case, person in (*told, *seen)})
    found: dict[int, list[Receipt]] = defaultdict(list)
    for key in {*told, *seen}:
        found[key[0]].append(Receipt(people[key[1]], told.get(key), seen.get(key)))
    for rows in found.values():
        rows.sort(key=_order)
    return found


def _order(row: Receipt) -> tuple[bool, float, str]:
    at = row.seen_at or row.told_at
    return row.seen_at is None, at.timestamp() if at else 0.0, str(row.person)


def _told(alarms: dict[int, datetime]) -> dict[tuple[int, int], datetime]:
    """(case, person) -> when the alarm was written to them."""
    rows = Outbox.objects.filter(
        complaint__in=alarms, kind=STAFF, key__contains=":alarm:", user__isnull=False
    )
    return {
        (case, person): at
        for case, person, at in rows.order_by("pk").values_list(
            "complaint_id", "user_id", "created_at"
        )
        if person is not None and at >= alarms[case]
    }


def _seen(alarms: dict[int, datetime]) -> dict[tuple[int, int], datetime]:
    """(case, person) -> the first time they opened it since its alarm."""
    streams = {f"reads:{case}": case for case in alarms}
    rows = Event.objects.filter(stream__in=streams, what=OPENED).order_by("-seq")
    return {
        (streams[stream], person): at
        for stream, person, at in rows.values_list("stream", "actor_id", "at")
        if at >= alarms[streams[stream]]
    }
