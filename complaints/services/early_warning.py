"""Alarms: the same cause again and again, and a sudden rise of complaints.

A scan looks at what the ledger and the register say now. An alarm is claimed by a
unique constraint on its cell, so running twice, late or on two machines raises it once;
a cell that was answered stays quiet for the length of its window. Cases behind a
barrier count nowhere: a number would say that they are there.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from complaints.estimates import discoveries, surprise
from complaints.models import (
    Alarm,
    AlarmKind,
    Category,
    Complaint,
    Event,
    RootCause,
)
from complaints.outbox import staff_notice
from complaints.permissions import Viewer
from complaints.selectors.causes import closed_under
from complaints.services.alarm_answers import record, words_of
from complaints.states import Barrier
from teams.models import Team, User
from teams.permissions import holders_of, holders_on
from teams.roles import Perm
from teams.system import SCHEDULER, system_actor

if TYPE_CHECKING:
    from django.db.models import QuerySet

WEEKS = 8
"""Weeks of the past that a week is held against."""

FALSE = 0.01
"""Of the alarms of one scan at most this share may be false; a scan comes every hour,
so it is stricter than the usual one in twenty."""

FEWEST = 5
"""Fewer cases than that in a week are no rise whatever the past was."""

WEEK = timedelta(days=7)

Cell = tuple[int, str, str]
"""Main category, asset, channel; "" stands for all of them."""


@dataclass(frozen=True)
class Found:
    """What an alarm is about before it is claimed."""

    kind: str
    cell: str
    team: Team
    since: datetime
    until: datetime
    count: int
    figures: dict[str, Any]
    about: dict[str, Any] = field(default_factory=dict)


def scan(*, now: datetime | None = None) -> int:
    """Look for both; how many alarms were raised now."""
    moment = now or timezone.now()
    raised = 0
    for found in (*recurring(moment), *rising(moment)):
        raised += _raise(found, moment)
    return raised


# The same cause again ----------------------------------------------------------------


def recurring(now: datetime) -> Iterator[Found]:
    """Causes whose closings in their window reach the number of the list."""
    home = Team.objects.get(code="compliance")
    for cause in RootCause.objects.filter(active=True, alarm_from__isnull=False):
        since = now - timedelta(days=cause.alarm_days)
        closed = closed_under(cause.code, since, now)
        count = closed.values("object_id").distinct().count()
        if count < (cause.alarm_from or 1):
            continue
        yield Found(
            AlarmKind.RECURRENCE,
            f"cause:{cause.code}",
            _team_of(closed) or home,
            since,
            now,
            count,
            {"days": cause.alarm_days, "from": cause.alarm_from},
            {"cause": cause.code},
        )


def _team_of(closed: "QuerySet[Event]") -> Team | None:
    """The team that has most of the cases."""
    cases = Complaint.objects.filter(pk__in=closed.values("object_id"))
    most = cases.order_by().values("team").annotate(n=Count("pk")).order_by("-n")
    row = most.first()
    return Team.objects.get(pk=row["team"]) if row else None


# A sudden rise --------------------------------------------------------------------


def rising(now: datetime) -> Iterator[Found]:
    """Cells whose last seven days stand out from the eight weeks before.

    Looked at are topic, topic by asset, and topic by asset by channel; of cells that
    lie in one another the most surprising alone is named.
    """
    weeks = _counted(now)
    cells = [cell for cell, counts in weeks.items() if counts[-1] >= FEWEST]
    chances = [surprise(weeks[cell][-1], weeks[cell][:-1]) for cell in cells]
    standing = [(chances[place], cells[place]) for place in discoveries(chances, FALSE)]
    topics = Category.objects.select_related("team").in_bulk(
        {cell[0] for _chance, cell in standing}
    )
    named: list[Cell] = []
    for chance, cell in sorted(standing):
        if any(_overlap(cell, other) for other in named):
            continue
        named.append(cell)
        yield _rise(topics[cell[0]], cell, weeks[cell], chance, now)


def _counted(now: datetime) -> dict[Cell, list[int]]:
    """Cases received a week, oldest first, by cell and by all it lies in."""
    rows = Complaint.objects.filter(
        barrier=Barrier.NONE,
        received_at__gt=now - (WEEKS + 1) * WEEK,
        received_at__lte=now,
        category__isnull=False,
    ).order_by()
    columns = ("category", "category__parent", "asset", "channel", "received_at")
    weeks: dict[Cell, list[int]] = defaultdict(lambda: [0] * (WEEKS + 1))
    for own, parent, asset, channel, at in rows.values_list(*columns).iterator(5000):
        place = WEEKS - min(int((now - at) / WEEK), WEEKS)
        topic = parent or own
        for cell in {(topic, "", ""), (topic, asset, ""), (topic, asset, channel)}:
            weeks[cell][place] += 1
    return weeks


def _overlap(one: Cell, other: Cell) -> bool:
    """Whether one lies in the other, or both in the same case's."""
    return all(a == b or not a or not b for a, b in zip(one, other, strict=True))


def _rise(
    topic: Category, cell: Cell, weeks: list[int], chance: float, now: datetime
) -> Found:
    before = weeks[:-1]
    return Found(
        AlarmKind.RISE,
        f"rise:{topic.code}:{cell[1]}:{cell[2]}",
        topic.team,
        now - WEEK,
        now,
        weeks[-1],
        {
            "weeks": before,
            "usual": round(sum(before) / len(before), 2),
            "chance": float(f"{chance:.3g}"),
        },
        {"category": topic, "asset": cell[1], "channel": cell[2]},
    )


# Raising it once ------------------------------------------------------------------


def _raise(found: Found, now: datetime) -> bool:
    """Claim the cell, tell the people, write it down; False where that was done."""
    if _is_known(found, now):
        return False
    try:
        with transaction.atomic():
            alarm = Alarm.objects.create(
                kind=found.kind,
                cell=found.cell,
                team=found.team,
                since=found.since,
                until=found.until,
                count=found.count,
                figures=found.figures,
                raised_at=now,
                **found.about,
            )
            record(alarm, "alarm_raised", Viewer(user=system_actor(SCHEDULER)), now)
            _tell(alarm, now)
    except IntegrityError:  # another scan was faster
        return False
    return True


def _is_known(found: Found, now: datetime) -> bool:
    """Open, or raised so lately that its window still holds the same cases.

    A rise within a cell that has an alarm is the same rise.
    """
    quiet = found.until - found.since
    rows = Alarm.objects.filter(kind=found.kind)
    live = [row for row in rows.filter(raised_at__gt=now - quiet) if _same(found, row)]
    return bool(live) or rows.filter(cell=found.cell, answered_at=None).exists()


def _same(found: Found, row: Alarm) -> bool:
    if found.kind == AlarmKind.RECURRENCE or row.cell == found.cell:
        return row.cell == found.cell
    about = found.about
    mine = (about["category"].pk, about["asset"], about["channel"])
    return _overlap(mine, (row.category_id or 0, row.asset, row.channel))


def _tell(alarm: Alarm, now: datetime) -> None:
    """The leads of the team, compliance, and the head; each once."""
    people = {user.pk: user for user in _hearers(alarm, now)}
    page = settings.SITE_URL + reverse("admin:complaints_incident_changelist")
    for _pk, user in sorted(people.items()):
        with override(user.language):
            staff_notice(
                key=f"alarm:{alarm.pk}:{user.pk}",
                user=user,
                subject=gettext("An alarm: look whether this is one incident"),
                body=f"{words_of(alarm)}\n\n{page}\n",
                complaint=None,
                now=now,
            )


def _hearers(alarm: Alarm, now: datetime) -> Iterable[User]:
    yield from holders_on(alarm.team, Perm.LEAD, now)
    yield from holders_of([Perm.SIGN_COMPLIANCE, Perm.HEAD])
