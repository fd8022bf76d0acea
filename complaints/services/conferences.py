"""Case conferences: called with an agenda, put into calendars, written up.

Only who sees the case is invited; other teams are consulted first. Agenda and minutes
stand in the timeline of staff and nowhere in the customer's.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, notifications
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import Complaint, Conference, Stream
from complaints.one_line import one_line
from complaints.permissions import (
    Viewer,
    as_staff,
    as_viewer,
    handler_or_lead,
    is_open,
    viewer_of,
)
from complaints.registry import Done
from complaints.states import Barrier

if TYPE_CHECKING:
    from teams.models import User

TEXT_LIMIT = 20_000
LONGEST = timedelta(hours=8)
MOST_PEOPLE = 30


def may_call(complaint: Complaint, viewer: Viewer) -> bool:
    """Who has the case in hand, while it is open and behind no barrier."""
    open_ = is_open(complaint) and complaint.barrier == Barrier.NONE
    return open_ and handler_or_lead(complaint, viewer)


def may_change(complaint: Complaint, viewer: Viewer) -> bool:
    """Whether there is one to write up or to call off, for who may do it."""
    waits = any(row.is_open for row in complaint.conferences.all())
    return waits and handler_or_lead(complaint, viewer)


@transaction.atomic
def call(
    *,
    complaint: Complaint,
    agenda: str,
    starts_at: datetime,
    length: timedelta,
    people: "Collection[User]",
    actor: "User | Viewer",
    place: str = "",
    now: datetime | None = None,
) -> Conference:
    """Invite ``people`` to talk about one case; each gets a mail for the calendar.

    Raises ``NotVisible``, ``NotPermitted``, ``IllegalMove`` (not open, or barred) or
    ``InvalidInput``, which names whoever does not see the case.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    head = _locked(complaint, viewer)
    if not may_call(complaint, viewer):
        raise IllegalMove
    _check(complaint, agenda, starts_at, length, people, moment)
    row = Conference.objects.create(
        complaint=complaint,
        agenda=agenda.strip(),
        place=one_line(place),
        starts_at=starts_at,
        ends_at=starts_at + length,
        names=", ".join(sorted(str(person) for person in people))[:600],
        called_by=viewer.user,
        called_at=moment,
    )
    row.people.set(people)
    facts = {"conference": row.pk, "starts_at": starts_at, "people": len(people)}
    entry = ledger.Entry(
        "conference_called", viewer, moment, facts, {"agenda": row.agenda}
    )
    _append(row, entry, viewer, head)
    return row


@transaction.atomic
def cancel(
    *, conference: Conference, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """Call it off; calendars are told. Raises as ``call``, for one that is over too."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    head = _locked(conference.complaint, viewer)
    row = _open(conference)
    row.cancelled_at, row.sequence = moment, row.sequence + 1
    row.save(update_fields=["cancelled_at", "sequence"])
    facts = {"conference": row.pk}
    entry = ledger.Entry("conference_cancelled", viewer, moment, facts)
    _append(row, entry, viewer, head)


@transaction.atomic
def write_up(
    *,
    conference: Conference,
    minutes: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Keep what was said and decided, once; it stands in the timeline of staff."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    head = _locked(conference.complaint, viewer)
    row = _open(conference)
    _check_text(minutes, "minutes")
    if moment < row.starts_at:
        raise InvalidInput(_("It has not begun yet."), field="minutes")
    row.minutes, row.minutes_by, row.minutes_at = minutes.strip(), viewer.user, moment
    row.save(update_fields=["minutes", "minutes_by", "minutes_at"])
    facts, texts = {"conference": row.pk}, {"minutes": row.minutes}
    entry = ledger.Entry("conference_written_up", viewer, moment, facts, texts)
    _append(row, entry, viewer, head)


def _append(row: Conference, entry: ledger.Entry, viewer: Viewer, head: Stream) -> None:
    event = ledger.append(row.complaint.stream, entry, head=head)
    done = Done.of_event(row.complaint, event, viewer, conference=row)
    notifications.announce(done)


def _locked(complaint: Complaint, viewer: Viewer) -> Stream:
    """Hold the case, so that two acts on it follow each other."""
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
    if not handler_or_lead(complaint, viewer):
        raise NotPermitted
    return ledger.lock(complaint.stream)


def _open(conference: Conference) -> Conference:
    row = Conference.objects.select_related("complaint").get(pk=conference.pk)
    if not row.is_open:
        raise IllegalMove
    return row


def _check(
    complaint: Complaint,
    agenda: str,
    starts_at: datetime,
    length: timedelta,
    people: "Collection[User]",
    now: datetime,
) -> None:
    _check_text(agenda, "agenda")
    if starts_at <= now:
        raise InvalidInput(_("Choose a date that is still to come."), field="starts_at")
    if not timedelta(0) < length <= LONGEST:
        raise InvalidInput(_("Between a minute and eight hours."), field="length")
    if not 0 < len(people) <= MOST_PEOPLE:
        raise InvalidInput(_("Invite between one and 30 people."), field="people")
    blind = [str(one) for one in people if not _sees(complaint, one)]
    if blind:
        words = _("They do not see this case; consult their team first: %(names)s.")
        raise InvalidInput(words % {"names": ", ".join(sorted(blind))}, field="people")


def _sees(complaint: Complaint, person: "User") -> bool:
    """At the desk: whoever the case is about is not invited to it."""
    viewer = as_staff(viewer_of(person))
    seen = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk)
    return person.is_active and seen.exists()


def _check_text(text: str, field: str) -> None:
    if not text.strip():
        raise InvalidInput(_("Write something first."), field=field, code="empty")
    if len(text) > TEXT_LIMIT:
        raise InvalidInput(_("Keep it under 20,000 characters."), field=field)
