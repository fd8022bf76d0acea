"""The rows of one case that its story is made of, read once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from complaints.models import Complaint, Event, Evidence, Letter, Message
from complaints.selectors.sentences import FOR_CUSTOMER, SHOWN_OTHERWISE, Book
from complaints.states import Direction
from teams.models import Membership, Team, User

OF_FILES = frozenset({"evidence", "evidence_copied"})
"""A file that came, and a copy that was made of one."""


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

    def _within(self, rows: Any) -> Any:
        if self.since is not None:
            rows = rows.filter(at__gte=self.since)
        return rows if self.before is None else rows.filter(at__lt=self.before)

    def _read_events(self) -> list[Event]:
        rows = Event.objects.filter(stream=self.complaint.stream).order_by("seq")
        rows = self._within(rows)
        if self.inside:
            rows = rows.exclude(what__in=SHOWN_OTHERWISE)
            return list(rows.select_related("actor").prefetch_related("texts"))
        told = {what for _object, what in FOR_CUSTOMER} | OF_FILES
        told |= {"take", "assign_to", "interim_reviewed"}
        return list(rows.filter(what__in=told).select_related("actor"))

    def _read_messages(self) -> list[Message]:
        rows = self._within(Message.objects.filter(complaint=self.complaint))
        rows = rows.annotate(sent=F("raw__received_at"))
        if not self.inside:
            rows = rows.exclude(direction=Direction.INTERNAL)
        return list(rows.select_related("author").defer("full_text"))

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
