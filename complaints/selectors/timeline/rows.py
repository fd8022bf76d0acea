"""The rows of one case that its story is made of, read once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from complaints.models import Complaint, Event, EventText, Evidence, Letter, Message
from complaints.selectors.sentences import FOR_CUSTOMER, SHOWN_OTHERWISE, Book
from complaints.states import Direction
from complaints.together import give
from complaints.worded import Worded
from teams.models import Membership, Team, User

OF_FILES = frozenset({"evidence", "evidence_copied"})
"""A file that came, and a copy that was made of one."""


def _within(
    rows: QuerySet[Any],
    since: datetime | None = None,
    before: datetime | None = None,
) -> QuerySet[Any]:
    if since is not None:
        rows = rows.filter(at__gte=since)
    return rows if before is None else rows.filter(at__lt=before)


def _events(stream: str, **stretch: datetime) -> QuerySet[Event]:
    rows = Event.objects.filter(stream=stream).order_by("seq")
    return _within(rows, **stretch).select_related("actor")


def _events_inside(stream: str, **stretch: datetime) -> QuerySet[Event]:
    return _events(stream, **stretch).exclude(what__in=SHOWN_OTHERWISE)


def _texts(
    stream: str, since: datetime | None = None, before: datetime | None = None
) -> QuerySet[EventText]:
    """What stands in the events of ``_events_inside``."""
    rows = EventText.objects.filter(event__stream=stream).order_by("pk")
    rows = rows.exclude(event__what__in=SHOWN_OTHERWISE)
    if since is not None:
        rows = rows.filter(event__at__gte=since)
    return rows if before is None else rows.filter(event__at__lt=before)


def _events_told(stream: str, **stretch: datetime) -> QuerySet[Event]:
    told = {what for _object, what in FOR_CUSTOMER} | OF_FILES
    told |= {"take", "assign_to", "interim_reviewed"}
    return _events(stream, **stretch).filter(what__in=sorted(told))


def _messages(case: int, **stretch: datetime) -> QuerySet[Message]:
    rows = _within(Message.objects.filter(complaint=case), **stretch)
    rows = rows.annotate(sent=F("raw__received_at"))
    found: QuerySet[Message] = rows.select_related("author").defer("full_text")
    return found


def _messages_told(case: int, **stretch: datetime) -> QuerySet[Message]:
    return _messages(case, **stretch).exclude(direction=Direction.INTERNAL)


_EVENTS_INSIDE, _EVENTS_TOLD = Worded(_events_inside), Worded(_events_told)
_TEXTS = Worded(_texts)
_MESSAGES, _MESSAGES_TOLD = Worded(_messages), Worded(_messages_told)


class Rows:
    """The rows of one case, or of a stretch of its story, for either reader."""

    def __init__(
        self,
        complaint: Complaint,
        files: Iterable[Evidence],
        *,
        inside: bool,
        since: datetime | None = None,
        before: datetime | None = None,
        teams: Mapping[int, Team] | None = None,
    ) -> None:
        self.complaint, self.inside = complaint, inside
        self.since, self.before, self.teams = since, before, teams
        self.events = self._read_events()
        self.messages = self._read_messages()
        self.files = {file.label: file for file in files}
        letters = [row for row in self._read_letters() if self._holds(row.written_at)]
        self.letters = {(row.kind, row.written_at): row for row in letters}
        self.book = self._read_book()
        self.roles = {} if inside else self._read_roles()

    def _holds(self, at: datetime) -> bool:
        """Whether a moment belongs to this stretch of the story."""
        begun = self.since is None or at >= self.since
        return begun and (self.before is None or at < self.before)

    @property
    def _stretch(self) -> dict[str, datetime]:
        ends = {"since": self.since, "before": self.before}
        return {name: at for name, at in ends.items() if at is not None}

    def _read_events(self) -> list[Event]:
        keys: dict[str, str | datetime] = {
            "stream": self.complaint.stream,
            **self._stretch,
        }
        if not self.inside:
            return _EVENTS_TOLD.rows(**keys)
        events = _EVENTS_INSIDE.rows(**keys)
        if events:
            give(events, "texts", _TEXTS.rows(**keys))
        return events

    def _read_messages(self) -> list[Message]:
        messages = _MESSAGES if self.inside else _MESSAGES_TOLD
        return messages.rows(case=self.complaint.pk, **self._stretch)

    def _read_letters(self) -> list[Letter]:
        """Without what they say; those that a page has read already."""
        rows = self.complaint.letters.all()
        read = rows._result_cache is not None
        return list(rows if read else rows.defer("body", "facts"))

    def _read_book(self) -> Book:
        ids = {event.payload.get("handler") for event in self.events} - {None}
        people: dict[int, Any] = {event.actor_id: event.actor for event in self.events}
        missing = ids - set(people)
        if missing:
            people |= User.objects.in_bulk(missing)
        return Book(
            teams=self.teams or {team.pk: team for team in Team.objects.all()},
            people=people,
            remedies={row.pk: row for row in self.complaint.remedies.all()},
            channel=str(self.complaint.get_channel_display()),
        )

    def _read_roles(self) -> dict[int, list[Membership]]:
        """Memberships of everybody who appears, by person."""
        ids = {message.author_id for message in self.messages}
        ids |= {event.actor_id for event in self.events}
        ids |= {event.payload.get("handler") for event in self.events} - {None}
        found: dict[int, list[Membership]] = {}
        for row in Membership.objects.filter(user_id__in=ids).order_by("pk"):
            found.setdefault(row.user_id, []).append(row)
        return found
