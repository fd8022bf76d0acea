"""Chats in which somebody went away: none is lost, none hangs."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from complaints.channels.chat import inbound, presence
from complaints.channels.chat.models import ChatFile, Conversation, Line, Status
from complaints.channels.chat.upkeep import tidy
from complaints.models import Complaint, RawMessage
from teams.services import remove_member
from tests.complaints.channels.chat.talks import a_talk, taken, texts
from tests.people import People

pytestmark = pytest.mark.django_db


def later(**span: Any) -> int:
    return tidy(now=timezone.now() + timedelta(**span))


def test_unanswered_chats_wait_for_a_person() -> None:
    made = a_talk("Is anybody there?")
    presence.gone(presence.CUSTOMER, made.pk)

    assert (later(minutes=11), later(minutes=12)) == (1, 0)

    raw = RawMessage.objects.get()
    assert (raw.outcome, raw.reason) == ("held", "unanswered")
    made.refresh_from_db()
    assert made.status == Status.CLOSED


def test_whoever_is_still_on_the_page_goes_on_waiting() -> None:
    made = a_talk("Is anybody there?")

    assert later(minutes=11) == 0

    made.refresh_from_db()
    assert made.status == Status.WAITING


def test_what_is_a_complaint_already_is_only_ended() -> None:
    made = a_talk("My money is gone")
    inbound.keep(made)
    presence.gone(presence.CUSTOMER, made.pk)

    assert later(minutes=11) == 1

    assert RawMessage.objects.get().outcome == "opened"
    assert texts(made)[-1] == "ended"


def test_an_agent_who_left_holds_nobody_up(people: People) -> None:
    made = taken(people, "Hello")
    presence.gone(presence.AGENT, people.support.pk)

    assert (later(minutes=2), later(minutes=4)) == (0, 1)

    made.refresh_from_db()
    assert (made.status, made.agent) == (Status.WAITING, None)
    assert texts(made)[-1] == "put_back"


def test_an_agent_without_the_right_holds_nobody_up(people: People) -> None:
    made = taken(people, "Hello")
    team = people.support.memberships.get().team
    remove_member(user=people.support, team=team, actor=people.admin)

    assert later(minutes=4) == 1

    made.refresh_from_db()
    assert made.status == Status.WAITING


def test_a_present_agent_keeps_a_silent_chat_for_an_hour(people: People) -> None:
    made = taken(people, "Hello")
    presence.gone(presence.CUSTOMER, made.pk)

    assert (later(minutes=59), later(minutes=61)) == (0, 1)

    made.refresh_from_db()
    assert made.status == Status.CLOSED


def test_after_ninety_days_words_go_and_complaints_stay() -> None:
    made = a_talk("My money is gone")
    inbound.keep(made)
    Conversation.objects.update(
        status=Status.CLOSED, ended_at=timezone.now() - timedelta(days=91)
    )

    assert later() == 1

    assert not Conversation.objects.exists()
    assert not Line.objects.exists()
    assert not ChatFile.objects.exists()
    assert Complaint.objects.get().description == "My money is gone"
