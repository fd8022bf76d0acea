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
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.estimates import discoveries, surprise
from complaints.models import (
    Alarm,
    AlarmKind,
    Category,
    Complaint,
    Event,
    Incident,
    RootCause,
)
from complaints.outbox import staff_notice
from complaints.permissions import Viewer, as_viewer
from complaints.services.incidents import may_open
from complaints.states import Barrier, Channel
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
REASON_LIMIT = 300

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
        closed = _closed(cause.code, since, now)
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


def _closed(cause: str, since: datetime, until: datetime) -> "QuerySet[Event]":
    open_cases = Complaint.objects.filter(barrier=Barrier.NONE)
    return Event.objects.filter(
        object_type=Complaint.OBJECT_TYPE,
        what="close",
        at__gt=since,
        at__lte=until,
        payload__cause=cause,
        object_id__in=open_cases.values("pk"),
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
            _record(alarm, "alarm_raised", Viewer(user=system_actor(SCHEDULER)), now)
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


def _record(alarm: Alarm, what: str, viewer: Viewer, now: datetime) -> None:
    facts = {"alarm": alarm.pk, "cell": alarm.cell, "count": alarm.count}
    ledger.append_of_day(ledger.Entry(what, viewer, now, facts))


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


def words_of(alarm: Alarm) -> str:
    """What an alarm says, in the language in force."""
    if alarm.kind == AlarmKind.RECURRENCE:
        return gettext(
            "“%(cause)s”: %(count)s cases were closed under it within %(days)s days; "
            "the list says to look from %(from)s on."
        ) % {
            "cause": what_of(alarm),
            "count": alarm.count,
            "days": alarm.figures.get("days", ""),
            "from": alarm.figures.get("from", ""),
        }
    return gettext(
        "%(what)s: %(count)s complaints within seven days; in the eight weeks before "
        "it was %(usual)s a week."
    ) % {
        "what": what_of(alarm),
        "count": alarm.count,
        "usual": alarm.figures.get("usual", ""),
    }


def what_of(alarm: Alarm) -> str:
    """The cause, or the cell: "Withdrawals, USDT, E-mail"."""
    if alarm.kind == AlarmKind.RECURRENCE:
        row = RootCause.objects.filter(code=alarm.cause).first()
        return row.label if row else alarm.cause
    parts = [alarm.category.label if alarm.category else "", alarm.asset]
    if alarm.channel:
        parts.append(str(Channel(alarm.channel).label))
    return ", ".join(part for part in parts if part)


# Answering it ---------------------------------------------------------------------


def open_alarms(viewer: Viewer) -> "QuerySet[Alarm]":
    rows = Alarm.objects.visible_to(viewer).filter(answered_at=None)
    return rows.select_related("category", "team")


@transaction.atomic
def answer(
    *,
    alarm: Alarm,
    actor: "User | Viewer",
    incident: Incident | None = None,
    reason: str = "",
    now: datetime | None = None,
) -> None:
    """Say what it is: an incident, or nothing, with the reason.

    Raises ``NotVisible``, ``NotPermitted``, ``InvalidInput`` without either, and
    ``IllegalMove`` where it is answered already.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not Alarm.objects.visible_to(viewer).filter(pk=alarm.pk).exists():
        raise NotVisible
    if not may_answer(alarm, viewer):
        raise NotPermitted
    if incident is None and not reason.strip():
        words = _("Say why this is no incident.")
        raise InvalidInput(words, field="reason", code="empty")
    mine = Alarm.objects.filter(pk=alarm.pk, answered_at=None)
    if not mine.update(
        answered_at=moment,
        answered_by=viewer.user,
        incident=incident,
        reason=reason.strip()[:REASON_LIMIT],
    ):
        raise IllegalMove(_("Somebody has answered this alarm already."))
    _record(alarm, "alarm_answered", viewer, moment)


def may_answer(alarm: Alarm, viewer: Viewer) -> bool:
    """Whoever may open an incident of its team, and compliance."""
    return may_open(viewer, alarm.team) or viewer.holds(Perm.SIGN_COMPLIANCE)


def cases_of(alarm: Alarm, viewer: Viewer) -> "QuerySet[Complaint]":
    """The cases it counted, of those the viewer sees."""
    rows = Complaint.objects.visible_to(viewer).filter(barrier=Barrier.NONE)
    if alarm.kind == AlarmKind.RECURRENCE:
        closed = _closed(alarm.cause, alarm.since, alarm.until)
        return rows.filter(pk__in=closed.values("object_id"))
    rows = rows.filter(received_at__gt=alarm.since, received_at__lte=alarm.until)
    topic = alarm.category_id
    rows = rows.filter(category=topic) | rows.filter(category__parent=topic)
    named = {"asset": alarm.asset, "channel": alarm.channel}
    return rows.filter(**{name: value for name, value in named.items() if value})
