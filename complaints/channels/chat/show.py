"""What a reader is shown: lines from a key on, and how the conversation stands.

Lines are drawn here for pages, polls and sockets alike, in the reader's language.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from complaints.channels.chat import desk, presence
from complaints.channels.chat.models import Author, Conversation, Line, Status
from complaints.channels.chat.words import said

Urls = Callable[[Line], tuple[str, str]]
"""The addresses of a line's file and of its picture, for this reader."""

MOST_LINES = 300


@dataclass(frozen=True)
class Shown:
    """One line as a reader sees it; ``lang`` is the language of what a person wrote,
    empty for our own words, which are in the reader's."""

    pk: int
    kind: str
    who: str
    text: str
    lang: str
    at: datetime
    link: str
    file: Any
    file_url: str
    picture_url: str


def lines_after(conversation: Conversation, after: int, *, private: bool) -> list[Line]:
    """At most 300, oldest first; ``private`` ones only for the customer."""
    rows = conversation.lines.filter(pk__gt=after).select_related("user", "file")
    rows = rows.defer("file__content", "file__preview")
    if not private:
        rows = rows.filter(private=False)
    return list(rows.order_by("pk")[:MOST_LINES])


def shown(
    lines: Iterable[Line], conversation: Conversation, *, side: str, urls: Urls
) -> list[Shown]:
    """``side`` is the reader's own: what it said stands at the other edge."""
    return [_shown(line, conversation, side, urls) for line in lines]


def _shown(line: Line, conversation: Conversation, side: str, urls: Urls) -> Shown:
    file = getattr(line, "file", None)
    file_url, picture_url = urls(line) if file else ("", "")
    mine = line.author == side
    kind = "system" if line.author == Author.SYSTEM else "mine" if mine else "theirs"
    return Shown(
        pk=line.pk,
        kind=kind,
        who=_who(line, conversation, side),
        text=said(line),
        lang="" if kind == "system" else conversation.language,
        at=line.at,
        link=str(line.facts.get("link", "")) if line.private else "",
        file=file,
        file_url=file_url,
        picture_url=picture_url if file and file.has_preview else "",
    )


def _who(line: Line, conversation: Conversation, side: str) -> str:
    if line.author == Author.SYSTEM:
        return ""
    if line.author == Author.CUSTOMER:
        return _("You") if side == Author.CUSTOMER else conversation.who
    return desk.shown_name(line.user) if line.user else _("Support")


def drawn(lines: list[Shown]) -> str:
    """The same as list items."""
    return render_to_string("chat/lines.html", {"lines": lines}) if lines else ""


# How it stands ------------------------------------------------------------------------


def state_of(conversation: Conversation, side: str) -> dict[str, Any]:
    """Status, words for the line above the messages, and who is there and types."""
    other = Author.AGENT if side == Author.CUSTOMER else Author.CUSTOMER
    return {
        "status": conversation.status,
        "over": conversation.is_over,
        "typing": presence.is_typing(other, conversation.pk),
        "words": _customer_words(conversation)
        if side == Author.CUSTOMER
        else _agent_words(conversation),
    }


def _customer_words(conversation: Conversation) -> str:
    if conversation.is_over:
        return _("This conversation is over.")
    if conversation.status == Status.ACTIVE and conversation.agent:
        name = desk.shown_name(conversation.agent)
        if presence.is_typing(presence.AGENT, conversation.pk):
            return _("%(name)s is writing …") % {"name": name}
        if presence.is_here(presence.AGENT, conversation.agent.pk):
            return _("You are talking to %(name)s.") % {"name": name}
        return _("%(name)s is away for a moment. You can go on writing.") % {
            "name": name
        }
    return _waiting_words(conversation)


def _waiting_words(conversation: Conversation) -> str:
    if not desk.is_staffed():
        if conversation.complaint_id:
            return _("Nobody is at the desk right now. You get the answer in writing.")
        return _(
            "Nobody is at the desk right now. What you write is kept; press "
            "“Make this a complaint” for a number and an answer in writing."
        )
    place = desk.place_of(conversation)
    if place == 1:
        return _("You are next. You can write already.")
    words = _("You are number %(place)d in the queue. You can write already.")
    return words % {"place": place}


def _agent_words(conversation: Conversation) -> str:
    who = conversation.who
    if conversation.is_over:
        return _("This conversation is over.")
    if presence.is_typing(presence.CUSTOMER, conversation.pk):
        return _("%(name)s is writing …") % {"name": who}
    if presence.is_here(presence.CUSTOMER, conversation.pk):
        return _("%(name)s is there.") % {"name": who}
    return _("%(name)s is not on the page right now.") % {"name": who}
