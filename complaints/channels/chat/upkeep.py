"""What nobody is there to do: chats whose agent or customer went away.

Each row is claimed by a conditional update, so running twice or late does it once.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from complaints.channels.chat import inbound, presence, ring, talk
from complaints.channels.chat.desk import agents_here, staff_viewer
from complaints.channels.chat.models import (
    Code,
    Conversation,
    Status,
    answers_chats,
)
from complaints.errors import InvalidInput

AGENT_GONE = timedelta(minutes=3)
UNANSWERED = timedelta(minutes=10)
SILENT = timedelta(hours=1)
KEPT = timedelta(days=90)
AT_ONCE = 200


def tidy(*, now: datetime | None = None) -> int:
    """Put back, hand in, end and forget what is due; how many were touched."""
    moment = now or timezone.now()
    return sum(
        (
            _put_back(moment),
            _hand_in(moment),
            _end(moment),
            _forget(moment),
        )
    )


def _put_back(now: datetime) -> int:
    """Chats of agents who left their desk, or lost the right, wait for another."""
    rows = Conversation.objects.filter(
        status=Status.ACTIVE, last_at__lt=now - AGENT_GONE
    )
    there = [user.pk for user in agents_here()]
    held = list(rows.exclude(agent__in=there).select_related("agent")[:AT_ONCE])
    here = presence.here_among(
        presence.AGENT, [row.agent_id for row in held if row.agent_id]
    )
    gone = [row for row in held if row.agent_id not in here or not _answers(row)]
    return sum(map(_release, gone))


def _answers(conversation: Conversation) -> bool:
    """Whether the agent may still answer chats, also while taking no new ones."""
    agent = conversation.agent
    return agent is not None and answers_chats(staff_viewer(agent))


@transaction.atomic
def _release(conversation: Conversation) -> int:
    rows = Conversation.objects.filter(
        pk=conversation.pk, status=Status.ACTIVE, agent=conversation.agent_id
    )
    done = rows.update(status=Status.WAITING, agent=None)
    if done:
        talk.note(conversation, Code.PUT_BACK)
        ring.after_commit(conversation.pk, queue=True)
    return done


def _hand_in(now: datetime) -> int:
    """Nothing is lost: a chat that nobody answered is held for a person to decide."""
    rows = _left(Status.WAITING, now - UNANSWERED)
    for conversation in rows:
        try:
            inbound.keep(conversation, unanswered=True)
        except InvalidInput:
            pass  # All of it stands in a complaint already.
        talk.end(conversation)
    return len(rows)


def _end(now: datetime) -> int:
    rows = _left(Status.ACTIVE, now - SILENT)
    for conversation in rows:
        talk.end(conversation)
    return len(rows)


def _left(status: str, before: datetime) -> list[Conversation]:
    """Those without a word since ``before`` whose customer is not on the page."""
    found = list(
        Conversation.objects.filter(status=status, last_at__lt=before)[:AT_ONCE]
    )
    here = presence.here_among(presence.CUSTOMER, [row.pk for row in found])
    return [row for row in found if row.pk not in here]


def _forget(now: datetime) -> int:
    """What was said goes after 90 days; what is a complaint stands there whole."""
    old = Conversation.objects.filter(status=Status.CLOSED, ended_at__lt=now - KEPT)
    gone = list(old.values_list("pk", flat=True)[:AT_ONCE])
    Conversation.objects.filter(pk__in=gone).delete()
    return len(gone)
