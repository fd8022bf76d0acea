"""What the decision letter would say now, for eyes of the desk; nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from complaints import letter_facts, letters, profiles, timing
from complaints.clocks import last_day
from complaints.letter_markup import Block, blocks_of
from complaints.models import Complaint, Decision
from complaints.profiles import Profile, limit_words
from complaints.states import LetterKind, Step


@dataclass(frozen=True)
class Sheet:
    """A letter that was not sent: its line, its blocks, and the language of both."""

    subject: str
    blocks: list[Block]
    language: str


def decision_sheet(complaint: Complaint, decision: Decision, *, now: datetime) -> Sheet:
    """The letter of ``decision`` as it stands in its rows, in the customer's language.

    What is still missing in it is missing here; the day until which they may appeal is
    reckoned as if it went out now.
    """
    profile = profiles.by_key(complaint.profile_key)
    language = letters.language_of(complaint)
    with letters.speaking(language, profile.timezone):
        facts = letter_facts.common(LetterKind.DECISION, complaint, profile, now)
        said = letter_facts.decision(complaint, decision, profile)
        said |= _appeal(said, complaint, profile, now)
        words = letters.render(LetterKind.DECISION, letters.settle(facts | said))
    return Sheet(words.subject, blocks_of(words.body), language)


def _appeal(
    said: Mapping[str, Any], complaint: Complaint, profile: Profile, now: datetime
) -> Mapping[str, Any]:
    """The window to appeal starts with the letter, so none runs before it."""
    if said["appeal"]:
        return {}
    clock = timing.new_clock(complaint, Step.APPEAL_WINDOW, now=now)
    by = last_day(clock.due_at, profile.timezone)
    return {"appeal": {"by": by, "words": limit_words(profile.appeal_window)}}
