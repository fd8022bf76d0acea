"""The two ends of a conversation, for pages and sockets: what each may read and say.

A seat holds keys, never rights: each look and each word reads anew who it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from complaints.channels.chat import (
    crowd,
    desk,
    presence,
    ring,
    show,
    speaker,
    talk,
)
from complaints.channels.chat.models import Author, Conversation, Line
from complaints.permissions import Viewer

TICKET_SALT = "chat.file"
TICKET_SECONDS = 600


class Shut(Exception):
    """Nobody, or nobody who may: the page is gone and the socket ends."""


@dataclass(frozen=True)
class Place:
    """Among whose sockets it counts, how many they may be, and what it listens to."""

    counted: tuple[str, int]
    groups: list[str]


@dataclass(frozen=True)
class CustomerSeat:
    """By the session of a browser, or by the token of the widget."""

    cookie: str = ""
    token: str = ""
    language: str = settings.LANGUAGE_CODE

    def conversation(self) -> Conversation:
        """Raises ``Shut`` where it is theirs no more."""
        if self.token:
            found = speaker.of_token(self.token)
        else:
            session = speaker.session_of(self.cookie)
            found = speaker.of_session(session, speaker.user_of(session))
        if found is None:
            raise Shut
        return found

    def place(self) -> Place:
        pk = self.conversation().pk
        return Place(crowd.of_talk(pk), [ring.talk(pk), ring.QUEUE])

    def look(self, after: int, *, present: bool = False) -> dict[str, Any]:
        conversation = self.conversation()
        if present:
            presence.seen(presence.CUSTOMER, conversation.pk)
        zone = conversation.user.time_zone if conversation.user else "UTC"
        with _speaking(self.language, zone):
            return news(conversation, after, side=Author.CUSTOMER, urls=self.urls)

    def say(self, text: str, key: str) -> Line:
        mine = self.conversation()
        return talk.say(mine, text, author=Author.CUSTOMER, user=mine.user, key=key)

    def typing(self) -> None:
        conversation = self.conversation()
        presence.typing(presence.CUSTOMER, conversation.pk)
        ring.ring(ring.talk(conversation.pk))

    def urls(self, line: Line) -> tuple[str, str]:
        if not self.token:
            names = ("chat:file", "chat:picture")
            return tuple(reverse(name, args=[line.pk]) for name in names)  # type: ignore[return-value]
        ticket = signing.dumps(line.pk, salt=TICKET_SALT)
        names = ("chat-embed:file", "chat-embed:picture")
        return tuple(reverse(name, args=[ticket]) for name in names)  # type: ignore[return-value]


@dataclass(frozen=True)
class AgentSeat:
    """An agent at a conversation, or at the lists of the desk (``pk`` 0)."""

    cookie: str
    pk: int = 0
    language: str = settings.LANGUAGE_CODE

    def viewer(self) -> Viewer:
        viewer = speaker.agent_of(speaker.session_of(self.cookie))
        if viewer is None:
            raise Shut
        return viewer

    def conversation(self) -> Conversation:
        return self._conversation(self.viewer())

    def _conversation(self, viewer: Viewer) -> Conversation:
        rows = Conversation.objects.visible_to(viewer)
        found = rows.select_related("agent", "user").filter(pk=self.pk).first()
        if found is None:
            raise Shut
        return found

    def place(self) -> Place:
        viewer = self.viewer()
        mine = ring.person(viewer.user.pk)
        here = ring.talk(self._conversation(viewer).pk) if self.pk else ring.DESK
        return Place(crowd.of_agent(viewer.user.pk), [here, mine])

    def look(self, after: int, *, present: bool = False) -> dict[str, Any]:
        viewer = self.viewer()
        if present:
            presence.seen(presence.AGENT, viewer.user.pk)
        if not self.pk:
            return {"type": "desk"}
        conversation = self._conversation(viewer)
        with _speaking(self.language, viewer.user.time_zone):
            return news(conversation, after, side=Author.AGENT, urls=staff_urls)

    def say(self, text: str, key: str) -> Line:
        return desk.answer(Conversation(pk=self.pk), self.viewer(), text, key=key)

    def typing(self) -> None:
        viewer = self.viewer()
        conversation = self._conversation(viewer)
        if conversation.agent_id == viewer.user.pk:
            presence.typing(presence.AGENT, conversation.pk)
            ring.ring(ring.talk(conversation.pk))


Seat = CustomerSeat | AgentSeat


def staff_urls(line: Line) -> tuple[str, str]:
    keys = [line.conversation_id, line.pk]
    return (
        reverse("admin:chat_conversation_file", args=keys),
        reverse("admin:chat_conversation_picture", args=keys),
    )


def news(
    conversation: Conversation, after: int, *, side: str, urls: show.Urls
) -> dict[str, Any]:
    """What came after line ``after``: drawn lines, the last key, how it stands."""
    private = side == Author.CUSTOMER
    lines = show.lines_after(conversation, after, private=private)
    return {
        "type": "news",
        "html": show.drawn(show.shown(lines, conversation, side=side, urls=urls)),
        "last": lines[-1].pk if lines else after,
        "state": show.state_of(conversation, side),
    }


@contextmanager
def _speaking(language: str, zone: str) -> Iterator[None]:
    known = language in dict(settings.LANGUAGES)
    spoken = language if known else settings.LANGUAGE_CODE
    with override(spoken), timezone.override(_zone(zone)):
        yield


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
