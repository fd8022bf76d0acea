"""The guided conversation: a complaint comes of it, and no words are lost."""

from dataclasses import replace
from typing import Any

import pytest

from complaints.channels.telegram import dialogue
from complaints.channels.telegram.models import Conversation
from complaints.models import Complaint, Outbox, RawMessage
from tests.complaints.channels.telegram.bot import ADA, filed, push, reply, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bot")]


def test_receipt_comes_back_on_telegram_without_the_story() -> None:
    case = filed("My withdrawal of 300 USDT never came.")
    receipt = Outbox.objects.get(complaint=case, kind="receipt")
    assert (receipt.channel, receipt.recipient) == ("telegram", str(ADA))
    assert case.reference in receipt.subject
    assert "300 USDT" not in receipt.body


def test_bot_speaks_the_language_of_the_program_and_changes_it() -> None:
    say("/file", language="zh-hans")
    assert Conversation.objects.get().language == "zh-hans"
    push("lang:en")
    say("/file", language="zh-hans")
    assert reply().startswith("Is money or access")


@pytest.mark.parametrize("text", ["hi", "/start", "/help", "/nonsense", "你好"])
def test_greeting_opens_and_holds_nothing(text: str) -> None:
    assert say(text).outcome == "dropped"
    assert Outbox.objects.get().subject == "menu|en"


def test_status_is_words_and_a_date_for_an_account_nobody_knows() -> None:
    case = filed("Secret story about 300 USDT")
    say("/status")
    assert reply().startswith(f"{case.reference}: Received. Next step by")
    assert "300" not in reply()


def test_foreign_account_hears_and_adds_nothing(case_at: Any) -> None:
    case = filed()
    other = case_at("investigating")
    say("/status", ADA + 1)
    assert reply() == "There is no complaint from this account."
    for ref in (case.reference, other.reference):
        raw = say("Let me in, I am the customer!", ADA + 1)
        push(f"case:{ref}", ADA + 1)
        raw.refresh_from_db()
        assert (raw.outcome, raw.complaint) == ("held", None)


def test_cancel_files_nothing() -> None:
    say("/file")
    push("risk:no")
    say("/cancel")
    assert (reply(), Complaint.objects.count()) == ("Stopped. Nothing was filed.", 0)


# Limits -------------------------------------------------------------------------------


@pytest.mark.usefixtures("one_window")
def test_flood_is_answered_no_more_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = replace(dialogue.REPLIES, tries=3)
    monkeypatch.setattr(dialogue, "REPLIES", limit)
    for _time in range(5):
        say("hi")
    assert RawMessage.objects.count() == 5
    assert Outbox.objects.filter(kind="bot").count() == 3
