"""Words and pictures find the complaint that they are for."""

import pytest

from appeals.demo.standins import telegram
from appeals.demo.standins.telegram import BotApi
from complaints.channels.telegram.models import Conversation
from complaints.models import Outbox
from tests.complaints.channels.telegram.bot import filed, push, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bot")]


def test_words_on_a_case_are_added_to_it() -> None:
    case = filed()
    raw = say("It still has not come.")
    assert (raw.outcome, raw.complaint) == ("appended", case)
    message = case.messages.get(direction="in")
    assert (message.text, message.channel, message.sender_verified) == (
        "It still has not come.",
        "telegram",
        True,
    )


def test_bot_asks_which_of_several_cases_is_meant() -> None:
    first, second = filed(), filed("Another thing altogether.")
    Conversation.objects.update(case=None)
    raw = say("And here is more about it.")
    assert raw.outcome == "held"
    push(f"case:{first.reference}")
    raw.refresh_from_db()
    assert (raw.outcome, raw.complaint) == ("appended", first)
    assert not second.messages.filter(direction="in").exists()


def test_album_is_answered_once(bot: BotApi) -> None:
    filed()
    before = Outbox.objects.filter(kind="bot").count()
    for number in range(3):
        say("", media_group_id="g1", **telegram.photo(f"p{number}"))
    assert Outbox.objects.filter(kind="bot").count() == before + 1
