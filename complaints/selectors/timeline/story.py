"""The entries that are made of the rows of one case."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Event, Message
from complaints.selectors.sentences import (
    BY_CUSTOMER,
    FOR_CUSTOMER,
    FOR_STAFF,
    SHOWN_OTHERWISE,
    moment_of,
    says,
)
from complaints.selectors.timeline.entry import Kind, TimelineEntry
from complaints.selectors.timeline.rows import OF_FILES, Rows
from complaints.states import Direction, LetterKind, State
from teams.roles import Role

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

OUT_OF_TURN = timedelta(hours=1)
"""By so much a channel may deliver late before it is said: such messages are put in
the order in which they were sent."""

Placed = tuple[datetime, int, TimelineEntry]
"""An entry with what it is ordered by: the moment, then the order of writing."""


class Story(Rows):
    """The entries of one case, for its customer or for staff."""

    def entries(self) -> list[TimelineEntry]:
        placed = [*self._of_events(), *self._of_messages()]
        placed += self._of_letters()
        placed.sort(key=lambda one: one[:2], reverse=True)
        return [entry for _at, _order, entry in placed]

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
        who = self._name(event.actor, event.actor_role)
        if event.what == "file":
            who = ""  # "received by phone": nobody of its story did that
        return TimelineEntry(
            at=event.at,
            kind=KINDS.get(event.actor_role, "person"),
            sentence=sentence,
            who=who,
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
            sent = getattr(message, "sent", None) or message.at
            late = message.at - sent > OUT_OF_TURN
            at = message.at if late else sent
            entry = self._of_message(message, at, _late_words(sent) if late else "")
            yield at, 10**9 + message.pk, entry

    def _of_message(self, message: Message, at: datetime, late: str) -> TimelineEntry:
        kind: Kind = "person"
        if message.direction == Direction.INBOUND:
            kind = "from_customer"
        elif message.direction == Direction.INTERNAL:
            kind = "internal"
        return TimelineEntry(
            at=at,
            kind=kind,
            sentence=f"{self._said(message)}{late}",
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


def _late_words(sent: datetime) -> str:
    """What stands behind the sentence of a message that came long after it was sent."""
    return _(" (of %(moment)s, taken in late)") % {"moment": moment_of(sent)}
