"""The story of one case, newest first: what its customer is told, what staff see.

A customer never meets an internal note, a name of ours, or a step that has no
public label of its own. The number of queries does not depend on the length.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import clocks, profiles
from complaints.errors import NotVisible
from complaints.models import Complaint, Event, Evidence, Letter, Message
from complaints.permissions import Viewer
from complaints.selectors.sentences import (
    BY_CUSTOMER,
    FOR_CUSTOMER,
    FOR_STAFF,
    SHOWN_OTHERWISE,
    Book,
    says,
)
from complaints.states import Direction, LetterKind, State, Step
from teams.models import Membership, Team, User
from teams.roles import Role

Kind = Literal["person", "system", "internal", "future", "from_customer"]


@dataclass(frozen=True)
class TimelineEntry:
    """One line of the story, in the language in force.

    ``at`` is a moment, or for what is still to come the last day in time. ``who``
    is empty where the sentence names its subject itself. ``body`` was written by a
    person in the language ``lang``. ``url_kind`` and ``url_id`` say what it leads
    to: ("letter" or "evidence", primary key); doors make the address.
    """

    at: datetime | date
    kind: Kind
    sentence: str
    who: str = ""
    body: str = ""
    lang: str = ""
    url_kind: str = ""
    url_id: int | None = None

    @property
    def text(self) -> str:
        """The sentence, under the name that the page part knows."""
        return self.sentence

    @property
    def direction(self) -> str:
        """Which side the bubble stands on: in, out or internal."""
        return {"from_customer": "in", "internal": "internal"}.get(self.kind, "out")


def customer_timeline(
    complaint: Complaint, viewer: Viewer, now: datetime | None = None
) -> list[TimelineEntry]:
    """What the customer may read, with what is still to come before it.

    Raises ``NotVisible`` for a viewer who may not even read the public status.
    """
    seen = Complaint.objects.status_visible_to(viewer).filter(pk=complaint.pk)
    if not seen.exists():
        raise NotVisible
    files = Evidence.objects.visible_to(viewer).filter(complaint=complaint)
    return story_for_customer(complaint, viewer, files, now)


def story_for_customer(
    complaint: Complaint,
    viewer: Viewer,
    files: Iterable[Evidence],
    now: datetime | None = None,
) -> list[TimelineEntry]:
    """The same, for a page that has read case and ``files`` from ``visible_to``."""
    story = _Story(complaint, files, inside=False)
    return [*_future(complaint, now or viewer.at), *story.entries()]


def staff_timeline(
    complaint: Complaint, viewer: Viewer, now: datetime | None = None
) -> list[TimelineEntry]:
    """Everything that happened, with names; for those who may read the case in full.

    Raises ``NotVisible`` for everybody else.
    """
    seen = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk)
    if not seen.exists() or not (viewer.is_staff or viewer.is_system):
        raise NotVisible
    files = Evidence.objects.visible_to(viewer).filter(complaint=complaint)
    return story_for_staff(complaint, viewer, files, now)


def story_for_staff(
    complaint: Complaint,
    viewer: Viewer,
    files: Iterable[Evidence],
    now: datetime | None = None,
) -> list[TimelineEntry]:
    """The same, for a page that has read case and ``files`` from ``visible_to``."""
    story = _Story(complaint, files, inside=True)
    return [*_future(complaint, now or viewer.at), *story.entries()]


EARLIEST = 30
"""How many entries a page of the staff's story holds, and those of one moment more."""


@dataclass(frozen=True)
class StoryPage:
    """A stretch of the story, newest first. ``earlier`` is the moment before which the
    next one begins, None where the story begins on this page."""

    entries: list[TimelineEntry]
    earlier: datetime | None


def story_page(
    complaint: Complaint,
    viewer: Viewer,
    files: Iterable[Evidence],
    *,
    before: datetime | None = None,
    teams: Mapping[int, Team] | None = None,
    most: int = EARLIEST,
) -> StoryPage:
    """What staff read of a case that the page has read from ``visible_to``.

    Statements and rows do not grow with the story. A moment is never torn apart: its
    events, messages and letters stand on one page. ``teams`` by key where they are
    known already.
    """
    floor, earlier = _stretch(complaint, before, most)
    story = _Story(
        complaint, files, inside=True, since=floor, before=before, teams=teams
    )
    coming = [] if before else _future(complaint, viewer.at)
    return StoryPage([*coming, *story.entries()], earlier)


def _stretch(
    complaint: Complaint, before: datetime | None, most: int
) -> tuple[datetime | None, datetime | None]:
    """The first moment of a page, and before which the next one begins."""
    events = Event.objects.filter(stream=complaint.stream)
    events = events.exclude(what__in=SHOWN_OTHERWISE).order_by()
    messages = Message.objects.filter(complaint=complaint, is_question=False).order_by()
    if before is not None:
        events, messages = events.filter(at__lt=before), messages.filter(at__lt=before)
    moments = events.values_list("at").union(messages.values_list("at"), all=True)
    times = [at for (at,) in moments.order_by("-at")[: most + 1]]
    if len(times) <= most:
        return None, None
    floor = min((at for at in times if at > times[-1]), default=times[-1])
    return floor, floor


# What is still to come ----------------------------------------------------------------

FUTURE = {
    Step.STATUTORY_DECISION: gettext_lazy("Decision with reasons, at the latest."),
    Step.ANSWER_CUSTOMER: gettext_lazy("Your answer."),
    Step.APPEAL_WINDOW: gettext_lazy("You can appeal until then."),
    Step.APPEAL_RULE: gettext_lazy("The ruling on your appeal."),
}


def _future(complaint: Complaint, now: datetime) -> list[TimelineEntry]:
    """Limits that still run, the latest first; a missed one is no promise any more."""
    zone = profiles.by_key(complaint.profile_key).timezone
    running = complaint.running_clocks(*FUTURE)
    return [
        TimelineEntry(
            at=clocks.last_day(clock.due_at, zone),
            kind="future",
            sentence=str(FUTURE[Step(clock.step)]),
        )
        for clock in reversed(running)
        if clock.due_at > now
    ]


# What happened ------------------------------------------------------------------------

LETTER_OF = {
    ("", "file"): LetterKind.RECEIPT,
    ("complaint", "admit"): LetterKind.ADMISSIBLE,
    ("complaint", "refuse_admission"): LetterKind.INADMISSIBLE,
    ("complaint", "not_a_complaint"): LetterKind.ENQUIRY,
    ("complaint", "issue_decision"): LetterKind.DECISION,
    ("remedy", "complete"): LetterKind.REMEDY_DONE,
    ("", "interim_imposed"): LetterKind.INTERIM_MEASURE,
    ("", "appeal_lodged"): LetterKind.APPEAL_RECEIVED,
    ("appeal", "rule"): LetterKind.RULING,
    ("complaint", "close"): LetterKind.CLOSED,
}
"""Which letter went out with which event: one entry for both."""

TEXT_OF_A_MESSAGE = frozenset({"answer", "addition"})
OWN_ENTRY = frozenset(
    {LetterKind.DELAY, *LETTER_OF.values()} - {LetterKind.RECEIPT, LetterKind.CLOSED}
)
"""Letters that are shown even where no event claims them."""

OF_FILES = frozenset({"evidence", "evidence_copied"})
"""A file that came, and a copy that was made of one."""

CAPACITIES = {
    Role.LEAD: gettext_lazy("Team lead"),
    Role.MEMBER: gettext_lazy("Handler"),
    Role.OFFICER: gettext_lazy("Handler"),
    Role.REVIEWER: gettext_lazy("Reviewer"),
    Role.APPROVER: gettext_lazy("Approver"),
    Role.EXECUTOR: gettext_lazy("Executor"),
    Role.HEAD: gettext_lazy("Head of complaints"),
}
"""What a customer is told of somebody's role, the most telling first."""

KINDS: dict[str, Kind] = {"system": "system", "customer": "from_customer"}
"""The kind of a staff entry by the role in which somebody acted."""

Placed = tuple[datetime, int, TimelineEntry]
"""An entry with what it is ordered by: the moment, then the order of writing."""


class _Story:
    """The rows of one case, read once, and the entries made of them."""

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

    def entries(self) -> list[TimelineEntry]:
        placed = [*self._of_events(), *self._of_messages()]
        placed += self._of_letters()
        placed.sort(key=lambda one: one[:2], reverse=True)
        return [entry for _at, _order, entry in placed]

    # Reading ---------------------------------------------------------------------

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

    # Events ----------------------------------------------------------------------

    def _of_events(self) -> Iterator[Placed]:
        answered = {m.at for m in self.messages if m.direction == Direction.INBOUND}
        for event in self.events:
            if event.what in SHOWN_OTHERWISE:
                continue
            if event.what == "customer_answered" and event.at in answered:
                continue
            if event.what == "evidence" and not self._has_file(event):
                continue  # it stands behind a barrier now
            entry = self._for_staff(event) if self.inside else self._for_customer(event)
            if entry is not None:
                yield event.at, event.seq, entry

    def _has_file(self, event: Event) -> bool:
        return event.payload.get("evidence", "") in self.files

    def _for_customer(self, event: Event) -> TimelineEntry | None:
        if event.what in OF_FILES:
            return self._of_file(event)
        if event.what in ("take", "assign_to"):
            return self._of_handler(event)
        if event.what == "interim_reviewed":
            return self._of_review(event)
        if event.what == "customer_answered" and event.actor_role == "customer":
            return TimelineEntry(event.at, "from_customer", _("You answered."))
        sentence = says(event, self.book, FOR_CUSTOMER)
        if sentence is None:
            return None
        theirs = (event.object_type, event.what) in BY_CUSTOMER
        kind: Kind = "from_customer" if theirs else "system"
        return TimelineEntry(event.at, kind, sentence, **self._letter_of(event))

    def _of_handler(self, event: Event) -> TimelineEntry | None:
        """Who took the case on; later changes of the handler stay inside."""
        if event.source != State.ASSIGNED:
            return None
        person = event.payload.get("handler") or event.actor_id
        who, sentence = self._capacity(person), _("took it on.")
        return TimelineEntry(event.at, "person", sentence, who=who)

    def _of_review(self, event: Event) -> TimelineEntry | None:
        if event.payload.get("upheld"):
            return None
        sentence = _("The protection of your account was lifted.")
        return TimelineEntry(event.at, "system", sentence)

    def _of_file(self, event: Event) -> TimelineEntry | None:
        file = self.files.get(event.payload.get("evidence", ""))
        if file is None:
            return None
        link: dict[str, Any] = {"url_kind": "evidence", "url_id": file.pk}
        name = {"name": file.original_name}
        if event.actor_role in ("customer", "system"):
            sentence = _("You added a file: %(name)s.") % name
            return TimelineEntry(event.at, "from_customer", sentence, **link)
        who, words = self._capacity(event.actor_id), _("added a file: %(name)s.") % name
        return TimelineEntry(event.at, "person", words, who=who, **link)

    def _for_staff(self, event: Event) -> TimelineEntry:
        sentence = says(event, self.book, FOR_STAFF) or event.what.replace("_", " ")
        texts = [
            row.text
            for row in event.texts.all()
            if row.text and row.name not in TEXT_OF_A_MESSAGE
        ]
        return TimelineEntry(
            at=event.at,
            kind=KINDS.get(event.actor_role, "person"),
            sentence=sentence,
            who=self._name(event.actor, event.actor_role),
            body="\n\n".join(texts),
            lang=self.complaint.language if event.what == "ask_customer" else "",
            **self._link_of(event),
        )

    def _link_of(self, event: Event) -> dict[str, Any]:
        file = self.files.get(event.payload.get("evidence", ""))
        if event.what in OF_FILES and file is not None:
            return {"url_kind": "evidence", "url_id": file.pk}
        return self._letter_of(event)

    def _letter_of(self, event: Event) -> dict[str, Any]:
        """The letter that went out with the event; claimed, so shown once."""
        kind = LETTER_OF.get((event.object_type, event.what))
        letter = self.letters.pop((kind, event.at), None) if kind else None
        return {"url_kind": "letter", "url_id": letter.pk} if letter else {}

    # Messages and letters --------------------------------------------------------

    def _of_messages(self) -> Iterator[Placed]:
        for message in self.messages:
            if self.inside and message.is_question:
                continue  # its event says until when the limits stand still
            yield message.at, 10**9 + message.pk, self._of_message(message)

    def _of_message(self, message: Message) -> TimelineEntry:
        kind: Kind = "person"
        if message.direction == Direction.INBOUND:
            kind = "from_customer"
        elif message.direction == Direction.INTERNAL:
            kind = "internal"
        return TimelineEntry(
            at=message.at,
            kind=kind,
            sentence=self._said(message),
            who=self._author(message),
            body=message.text,
            lang=message.language if kind != "internal" else "",
        )

    def _said(self, message: Message) -> str:
        if message.direction == Direction.INTERNAL:
            return _("noted, internal")
        if message.direction == Direction.OUTBOUND and self.inside:
            return _("wrote to the customer")
        if message.direction == Direction.OUTBOUND:
            asked = message.is_question
            return _("asked you one question") if asked else _("wrote to you")
        if not self.inside:
            return _("You wrote")
        way = {"channel": message.get_channel_display()}
        if not message.sender_verified:
            return _("wrote by %(channel)s, sender not verified") % way
        return _("wrote by %(channel)s") % way

    def _author(self, message: Message) -> str:
        if message.direction == Direction.INBOUND:
            return _("Customer") if self.inside else ""
        if self.inside:
            return self._name(message.author, message.author_role)
        return self._capacity(message.author_id)

    def _of_letters(self) -> Iterable[Placed]:
        """Letters that no event claimed, such as a delay notice."""
        for letter in self.letters.values():
            if letter.kind not in OWN_ENTRY:
                continue
            sentence = _("Sent: %(letter)s") % {"letter": letter.get_kind_display()}
            link: dict[str, Any] = {"url_kind": "letter", "url_id": letter.pk}
            entry = TimelineEntry(letter.written_at, "system", sentence, **link)
            yield letter.written_at, 2 * 10**9 + letter.pk, entry

    # Who -------------------------------------------------------------------------

    def _name(self, person: Any, role: str) -> str:
        """For staff: the name, the customer as such, nobody for the system."""
        if role == "system":
            return ""
        return _("Customer") if role == "customer" else str(person)

    def _capacity(self, user_id: int) -> str:
        """For the customer: the role and the team, never the name."""
        rows = self.roles.get(user_id, [])
        here = [row for row in rows if row.team_id == self.complaint.team_id] or rows
        ranked = sorted(here, key=lambda row: list(CAPACITIES).index(Role(row.role)))
        if not ranked:
            return _("Complaints desk")
        team = self.book.teams[ranked[0].team_id]
        role = CAPACITIES[Role(ranked[0].role)]
        return _("%(role)s, %(team)s") % {"role": role, "team": team.label}
