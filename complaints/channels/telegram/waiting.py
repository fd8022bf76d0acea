"""Words that are held until it is known where they belong."""

from __future__ import annotations

from complaints.channels.known import way_of
from complaints.channels.outcome import claim
from complaints.channels.reasons import Reason
from complaints.channels.telegram.turn import Answer, Turn
from complaints.channels.telegram.update import PROVIDER
from complaints.channels.telegram.words import Reply
from complaints.channels.work import Work, held
from complaints.models import RawMessage
from complaints.states import Intake

MOST_WAITING = 20


def wait(turn: Turn, reply: Reply) -> Answer:
    """Hold the words until it is known where they belong."""
    turn.talk.waiting = [*turn.talk.waiting, turn.work.raw.pk][-MOST_WAITING:]
    return held(Reason.UNFINISHED), reply


def claimed(turn: Turn, waiting: list[int]) -> list[Work]:
    """The held messages of this account that nobody decided in the meantime."""
    rows = RawMessage.objects.filter(
        pk__in=waiting, provider=PROVIDER, sender=turn.told.account
    )
    mine = [row for row in rows.order_by("pk") if claim(row, source=Intake.HELD)]
    parse = way_of(PROVIDER).parse
    return [
        Work(row, parse(bytes(row.raw), row.account), turn.work.now) for row in mine
    ]
