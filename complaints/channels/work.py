"""What a channel is given to decide, what it brings along, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from complaints.channels.inbound import Inbound
from complaints.models import Complaint, Evidence, Message, RawMessage
from complaints.states import Intake
from teams.system import system_actor


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one message; ``facts`` are kept beside it."""

    outcome: Intake
    reason: str = ""
    complaint: Complaint | None = None
    message: Message | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def held(reason: str, **facts: Any) -> Verdict:
    return Verdict(Intake.HELD, reason, facts=facts)


def dropped(reason: str, **facts: Any) -> Verdict:
    return Verdict(Intake.DROPPED, reason, facts=facts)


@dataclass(slots=True)
class Work:
    """One message being decided, inside its transaction.

    ``received_at`` is the first trusted time, never later than now. ``files`` were
    stored on the way and go again when the transaction fails; ``message`` is what it
    became on a case.
    """

    raw: RawMessage
    inbound: Inbound
    now: datetime
    files: list[Evidence] = field(default_factory=list)
    message: Message | None = None
    _actor: Any = None

    @property
    def actor(self) -> Any:
        """The system actor that stands for the channel, read once."""
        if self._actor is None:
            self._actor = channel_actor(self.raw.provider)
        return self._actor

    @property
    def received_at(self) -> datetime:
        times = (self.inbound.received_at, self.raw.received_at, self.now)
        return min(time for time in times if time is not None)

    def forget_files(self) -> None:
        while self.files:
            stored = self.files.pop().file
            if stored.name:
                stored.storage.delete(stored.name)


@dataclass(frozen=True, slots=True)
class Way:
    """What a channel brings along.

    external_id: the same for the same message. parse: raw bytes and account to a
    value. decide: what becomes of it; called inside a transaction, writes the case.
    settled: what is still owed once the message is on a case, such as its files; in
    the transaction in which that was decided, by the channel or by a person.
    """

    provider: str
    external_id: Callable[[bytes], str]
    parse: Callable[[bytes, str], Inbound]
    decide: Callable[[Work], Verdict]
    settled: Callable[[Work, Verdict], None] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message; ``duplicate`` where it was decided before.

    ``outcome`` is empty only while the database refuses to decide it.
    """

    raw_message: RawMessage
    inbound: Inbound
    duplicate: bool
    message: Message | None = None

    @property
    def outcome(self) -> str:
        return self.raw_message.outcome

    @property
    def reason(self) -> str:
        return self.raw_message.reason

    @property
    def complaint(self) -> Complaint | None:
        return self.raw_message.complaint

    def is_known_since(self, moment: datetime) -> bool:
        """Whether it was decided before, and its bytes first came by then."""
        first = self.raw_message.stored_at
        return self.duplicate and first is not None and first <= moment


def channel_actor(provider: str) -> Any:
    """The system actor that stands for a channel."""
    return system_actor(f"channel:{provider}")
