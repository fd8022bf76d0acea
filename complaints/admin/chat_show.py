"""What the pages of the chat desk show."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from complaints.admin.chat_acts import HandForm, JoinForm
from complaints.channels.chat import desk, presence, seats, show
from complaints.channels.chat.canned import filled
from complaints.channels.chat.forms import SayForm
from complaints.channels.chat.models import (
    Author,
    CannedReply,
    Conversation,
    Status,
    leads_chats,
    new_key,
)
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.selectors.sla import length

DESK = "admin:chat_conversation_changelist"
TALK = "admin:chat_conversation_change"
MOST_ROWS = 50


def lists_for(viewer: Viewer) -> dict[str, Any]:
    """Who waits, mine, and for a lead those of others; a fixed number of queries."""
    rows = Conversation.objects.visible_to(viewer).select_related("user", "agent")
    waiting = rows.filter(status=Status.WAITING).order_by("waiting_since", "pk")
    mine = rows.filter(status=Status.ACTIVE, agent=viewer.user)
    others = rows.filter(status=Status.ACTIVE).exclude(agent=viewer.user)
    return {
        "waiting": _rows(waiting),
        "mine": _rows(mine.order_by("-last_at")),
        "others": _rows(others.order_by("-last_at")) if leads_chats(viewer) else [],
        "leads": leads_chats(viewer),
        "agents": _agents(),
    }


def _rows(rows: QuerySet[Conversation]) -> list[dict[str, Any]]:
    now = timezone.now()
    found = list(rows[:MOST_ROWS])
    here = presence.here_among(presence.CUSTOMER, [row.pk for row in found])
    return [
        {
            "talk": row,
            "url": reverse(TALK, args=[row.pk]),
            "waits": length(max(now - row.waiting_since, timedelta())),
            "last": length(max(now - row.last_at, timedelta())),
            "here": row.pk in here,
        }
        for row in found
    ]


def _agents() -> list[str]:
    return [user.get_full_name() or user.username for user in desk.agents_here()]


def talk_for(conversation: Conversation, viewer: Viewer) -> dict[str, Any]:
    """One conversation for the agent who looks at it, and what they may do."""
    lines = show.lines_after(conversation, 0, private=False)
    mine = conversation.agent_id == viewer.user.pk
    holds = conversation.status == Status.ACTIVE and (mine or leads_chats(viewer))
    there = desk.colleagues(conversation, viewer) if holds else []
    keys = [conversation.pk]
    return {
        "talk": conversation,
        "talk_pk": conversation.pk,
        "case": _case(conversation, viewer),
        "lines": show.shown(
            lines, conversation, side=Author.AGENT, urls=seats.staff_urls
        ),
        "last": lines[-1].pk if lines else 0,
        "state": show.state_of(conversation, Author.AGENT),
        "socket": "/ws/desk/",
        "urls": {
            "page": reverse("admin:chat_conversation_do", args=[*keys, "say"]),
            "news": reverse("admin:chat_conversation_news", args=keys),
        },
        "may_take": conversation.status == Status.WAITING,
        "may_write": mine and conversation.status == Status.ACTIVE,
        "holds": holds,
        "canned": _canned(conversation, viewer) if mine else [],
        "form": SayForm(initial={"key": new_key()}),
        "join": JoinForm(),
        "hand": HandForm(colleagues=there) if there else None,
        "back_url": reverse(DESK),
    }


def _case(conversation: Conversation, viewer: Viewer) -> dict[str, str] | None:
    """The complaint it stands in, as far as this agent may know of it."""
    if conversation.complaint_id is None:
        return None
    rows = Complaint.objects.status_visible_to(viewer)
    case = rows.filter(pk=conversation.complaint_id).first()
    if case is None:
        return None
    full = Complaint.objects.visible_to(viewer).filter(pk=case.pk).exists()
    name = "change" if full else "status"
    url = reverse(f"admin:complaints_complaint_{name}", args=[case.pk])
    return {"reference": case.reference, "url": url}


def _canned(conversation: Conversation, viewer: Viewer) -> list[dict[str, str]]:
    """In the customer's language, with the values of this conversation."""
    rows = CannedReply.objects.filter(active=True, language=conversation.language)
    with override(conversation.language):
        return [
            {"title": row.title, "text": filled(row, conversation, viewer.user)}
            for row in rows
        ]
