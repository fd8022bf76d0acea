"""One line of the story, as doors and page parts know it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

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
