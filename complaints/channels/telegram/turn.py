"""One thing said to the bot: by whom, where the talk stands, what they may see."""

from __future__ import annotations

from dataclasses import dataclass

from complaints.channels.reasons import Reason
from complaints.channels.telegram.models import Conversation
from complaints.channels.telegram.update import PROVIDER, Update
from complaints.channels.telegram.words import Reply
from complaints.channels.work import Verdict, Work, dropped
from complaints.models import Complaint, Party
from complaints.permissions import Viewer
from complaints.reference_number import normalise
from complaints.services import handles
from complaints.states import State

MOST_LISTED = 10


@dataclass(slots=True)
class Turn:
    """One thing said, by whom, and where the talk stands."""

    work: Work
    told: Update
    talk: Conversation

    @property
    def viewer(self) -> Viewer:
        """The account as a viewer of its own complaints; of none where it has none."""
        mine = handles.speaks_for(PROVIDER, self.told.account)
        only = None if mine else frozenset[int]()
        user = self.work.actor
        return Viewer(user=user, parties=mine, only=only, at=self.work.now)

    def cases(self) -> list[Complaint]:
        rows = Complaint.objects.visible_to(self.viewer)
        rows = rows.exclude(state=State.MERGED).select_related("customer")
        return list(rows.prefetch_related("clocks").order_by("-pk")[:MOST_LISTED])

    def case(self, reference: str) -> Complaint | None:
        rows = Complaint.objects.visible_to(self.viewer).select_related("customer")
        return rows.filter(reference=normalise(reference) or "").first()

    def party(self) -> Party:
        speaker = handles.guest_of(
            PROVIDER,
            self.told.account,
            name=self.told.name,
            language=self.talk.language,
        )
        return speaker.party


Answer = tuple[Verdict, Reply]
STEP_TAKEN = dropped(Reason.DIALOGUE)
