"""What agents do: being on duty, taking a chat, handing it on, ending it.

Each asks for the right anew; a chat is claimed by a conditional update, so of two
agents at once one has it.
"""

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.channels.chat import files, presence, ring, talk
from complaints.channels.chat.models import (
    Author,
    Code,
    Conversation,
    ConversationQuerySet,
    Duty,
    Line,
    Status,
    answers_chats,
    leads_chats,
)
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.permissions import Viewer, as_staff, viewer_of
from teams.permissions import holders_of
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

CAPACITY = 3
MOST_CAPACITY = 20


class Full(IllegalMove):
    """As many chats as this agent takes at a time."""

    code = "full"
    default = _("You have as many chats as you take at a time. End one first.")


def set_duty(viewer: Viewer, *, on: bool, capacity: int = 0) -> Duty:
    """Begin or stop taking chats. Raises ``NotPermitted`` or ``InvalidInput``."""
    _ask(viewer)
    if capacity > MOST_CAPACITY:
        words = _("At most %(most)d chats at a time.") % {"most": MOST_CAPACITY}
        raise InvalidInput(words, field="capacity")
    duty, _made = Duty.objects.get_or_create(user=viewer.user)
    Duty.objects.filter(pk=duty.pk).update(on=on, capacity=capacity or duty.capacity)
    duty.refresh_from_db()
    if on:
        presence.seen(presence.AGENT, viewer.user.pk)
    ring.ring(ring.DESK, ring.QUEUE)
    return duty


@transaction.atomic
def take(conversation: Conversation, viewer: Viewer) -> None:
    """Answer somebody who waits. Raises ``NotVisible``, ``Full`` or ``IllegalMove``."""
    see(conversation, viewer)
    _ask_room(viewer.user)
    waiting = Conversation.objects.filter(pk=conversation.pk, status=Status.WAITING)
    if not waiting.update(status=Status.ACTIVE, agent=viewer.user):
        raise IllegalMove(_("A colleague was first."))
    talk.note(conversation, Code.JOINED, name=shown_name(viewer.user))
    ring.after_commit(conversation.pk, queue=True)


@transaction.atomic
def hand_over(conversation: Conversation, viewer: Viewer, to: "User") -> None:
    """Give a chat to a colleague who is there and has room.

    By the agent who has it, or by a lead. Raises ``NotVisible``, ``NotPermitted``,
    ``InvalidInput`` or ``IllegalMove``.
    """
    held = _held(conversation, viewer)
    if to.pk not in {user.pk for user in colleagues(conversation, viewer)}:
        raise InvalidInput(_("This colleague is not there or has no room."), field="to")
    if not held.update(status=Status.ACTIVE, agent=to):
        raise IllegalMove
    talk.note(conversation, Code.HANDED_OVER, name=shown_name(to))
    ring.after_commit(conversation.pk, queue=True)


@transaction.atomic
def put_back(conversation: Conversation, viewer: Viewer) -> None:
    """Back into the queue, at the place of the day it began. Raises as above."""
    held = _held(conversation, viewer)
    if not held.update(status=Status.WAITING, agent=None):
        raise IllegalMove
    talk.note(conversation, Code.PUT_BACK)
    ring.after_commit(conversation.pk, queue=True)


def answer(
    conversation: Conversation,
    viewer: Viewer,
    text: str,
    *,
    file: files.Checked | None = None,
    key: str = "",
) -> Line:
    """Say something to the customer; only who has the chat. Raises as ``talk.say``."""
    seen = Conversation.objects.visible_to(viewer).filter(pk=conversation.pk)
    if not seen.filter(agent=viewer.user).exists():
        see(conversation, viewer)
        raise NotPermitted(_("Take the conversation first."))
    return talk.say(
        conversation, text, author=Author.AGENT, user=viewer.user, file=file, key=key
    )


def end(conversation: Conversation, viewer: Viewer) -> None:
    """End it for both. Raises ``NotVisible`` or ``NotPermitted``."""
    _held(conversation, viewer)
    talk.end(conversation)


# Who is there -------------------------------------------------------------------------


def agents_here() -> list["User"]:
    """Colleagues who take chats, are at their desk, and may still do so."""
    on = list(Duty.objects.filter(on=True).values_list("user_id", flat=True))
    here = presence.here_among(presence.AGENT, on)
    return list(holders_of([Perm.TRIAGE]).filter(pk__in=here)) if here else []


def is_staffed() -> bool:
    """Whether a customer who writes now will find somebody."""
    return bool(agents_here())


def colleagues(conversation: Conversation, viewer: Viewer) -> list["User"]:
    """To whom a chat can be handed: there, with room, and not its customer."""
    others = {viewer.user.pk, conversation.agent_id, conversation.user_id}
    return [u for u in agents_here() if u.pk not in others and has_room(u)]


def has_room(user: "User") -> bool:
    duty = Duty.objects.filter(user=user).first()
    busy = Conversation.objects.filter(agent=user, status=Status.ACTIVE).count()
    return busy < (duty.capacity if duty else CAPACITY)


def place_of(conversation: Conversation) -> int:
    """How many are answered before this one, and itself: 1 is next."""
    before = Q(waiting_since__lt=conversation.waiting_since) | Q(
        waiting_since=conversation.waiting_since, pk__lt=conversation.pk
    )
    waiting = Conversation.objects.filter(before, status=Status.WAITING)
    return waiting.count() + 1


def shown_name(user: "User") -> str:
    """What customers are told: the first name, never the account."""
    return user.first_name or str(_("Support"))


def staff_viewer(user: "User") -> Viewer:
    return as_staff(viewer_of(user))


# Asking -------------------------------------------------------------------------------


def _ask(viewer: Viewer) -> None:
    if not answers_chats(viewer):
        raise NotPermitted


def see(conversation: Conversation, viewer: Viewer) -> None:
    _ask(viewer)
    rows = Conversation.objects.visible_to(viewer)
    if not rows.filter(pk=conversation.pk).exists():
        raise NotVisible(_("There is no such conversation here."))


def _held(conversation: Conversation, viewer: Viewer) -> ConversationQuerySet:
    """The row while it is this agent's, or anybody's for a lead."""
    see(conversation, viewer)
    rows = Conversation.objects.filter(pk=conversation.pk, status=Status.ACTIVE)
    if not leads_chats(viewer):
        rows = rows.filter(agent=viewer.user)
    if not rows.exists():
        raise NotPermitted(_("A colleague has this conversation, or it is over."))
    return rows


def _ask_room(user: "User") -> None:
    if not has_room(user):
        raise Full
