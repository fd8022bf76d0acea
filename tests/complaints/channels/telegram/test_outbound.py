"""What is sent by the Bot API, and what its refusals mean."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from appeals.demo.standins import telegram
from appeals.demo.standins.server import Said
from appeals.demo.standins.telegram import BotApi, refusal
from complaints.channels.telegram import files, outbound
from complaints.models import Evidence, Outbox
from complaints.outbox import ChannelDown, Deferred, Undeliverable
from complaints.services.relay import relay_due
from tests.complaints.channels.telegram.bot import ADA, filed, push, say

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


def a_row(**columns: Any) -> Outbox:
    now = timezone.now()
    given = {"kind": "bot", "subject": "|en", "body": "Hello", **columns}
    return Outbox(
        channel="telegram", recipient="5", due_at=now, created_at=now, **given
    )


def test_conversation_reaches_the_person(bot: BotApi) -> None:
    say("/file")
    relay_due()
    (sent,) = bot.sent
    assert sent["chat_id"] == str(ADA)
    assert sent["text"].startswith("Is money or access at risk")
    assert "parse_mode" not in sent
    keys = sent["reply_markup"]["inline_keyboard"]
    assert keys[0][0] == {"text": "Yes, right now", "callback_data": "risk:yes"}


def test_buttons_fit_into_what_telegram_allows(bot: BotApi) -> None:
    say("/file", language="zh")
    push("risk:no")
    push("cat:withdrawals")
    relay_due()
    for sent in bot.sent:
        for row in sent["reply_markup"]["inline_keyboard"]:
            assert 0 < len(row[0]["callback_data"].encode()) <= 64
    assert bot.sent[0]["reply_markup"]["inline_keyboard"][1][0]["text"] == "否"


def test_acknowledgement_comes_back_and_stops_its_clock(bot: BotApi) -> None:
    case = filed()
    relay_due()
    texts = [sent["text"] for sent in bot.sent]
    assert any(text.startswith(f"Complaint {case.reference}") for text in texts)
    assert case.clocks.get(step="acknowledge").stopped_at is not None


@pytest.mark.parametrize(
    ("said", "error", "final"),
    [
        (
            refusal(429, "Too Many Requests: retry after 9", retry_after=9),
            Deferred,
            None,
        ),
        (refusal(403, "Forbidden: bot was blocked by the user"), Undeliverable, True),
        (refusal(400, "Bad Request: chat not found"), Undeliverable, False),
        (refusal(502, "Bad Gateway"), ChannelDown, None),
        (Said(500, b"<html>"), ChannelDown, None),
        (Said(302, b"", headers={"Location": "/elsewhere"}), Undeliverable, False),
    ],
)
def test_refusals(bot: BotApi, said: Said, error: type, final: bool | None) -> None:
    bot.refuse = said
    with pytest.raises(error) as refused:
        outbound.send(a_row())
    assert telegram.TOKEN not in str(refused.value)
    if final is not None:
        assert refused.value.final is final


def test_nobody_answers(bot: BotApi, settings: Any) -> None:
    settings.TELEGRAM_API_URL = "http://127.0.0.1:9"
    with pytest.raises(ChannelDown):
        outbound.send(a_row())


def test_without_a_bot_nothing_is_tried(settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = ""
    with pytest.raises(Undeliverable) as refused:
        outbound.send(a_row())
    assert refused.value.final


@pytest.mark.parametrize("sign", ["a", "é", "字", "😀"])
def test_long_letter_is_cut_and_says_where_it_goes_on(sign: str) -> None:
    text = outbound.cut(sign * 6000, "en")
    assert len(text.encode("utf-16-le")) // 2 <= 4096
    assert text.endswith("https://recourse.test/complaints/")
    assert outbound.cut("short", "en") == "short"


# Files --------------------------------------------------------------------------------


def test_photo_becomes_evidence_once(bot: BotApi) -> None:
    case = filed()
    bot.files["p1"] = PNG
    raw = say("", caption="Here it is", **telegram.photo("p1"))
    relay_due()
    evidence = Evidence.objects.get(complaint=case)
    assert (evidence.size, evidence.source, evidence.content_type) == (
        len(PNG),
        "telegram",
        "image/png",
    )
    assert evidence.message == raw.message
    assert evidence.shared_with_customer
    files.fetch(Outbox.objects.get(kind="file"))
    assert Evidence.objects.count() == 1


def test_document_that_opens_a_complaint_comes_along(bot: BotApi) -> None:
    say("/file")
    push("risk:no")
    push("cat:withdrawals.delayed")
    bot.files["d1"] = b"%PDF-1.7 proof"
    told = {"file_id": "d1", "file_unique_id": "u", "file_name": "../../x/proof.pdf"}
    raw = say("", caption="It is all in there", document=told)
    relay_due()
    assert raw.complaint is not None
    evidence = raw.complaint.evidence.get()
    assert (evidence.original_name, evidence.message) == ("proof.pdf", None)


def test_file_of_a_held_message_is_fetched_once_it_is_known_whose(
    bot: BotApi,
) -> None:
    bot.files["p1"] = PNG
    say("My withdrawal never came", **telegram.photo("p1"))
    relay_due()
    assert not Outbox.objects.filter(kind="file").exists()
    push("risk:no")
    push("cat:withdrawals.delayed")
    relay_due()
    assert Evidence.objects.get().sha256


def test_too_large_a_file_is_said_and_not_fetched(bot: BotApi) -> None:
    filed()
    say("", **telegram.photo("p1", size=20_000_001))
    assert not Outbox.objects.filter(kind="file").exists()
    assert "20 MB" in Outbox.objects.filter(kind="bot").latest("pk").body


def test_file_that_grew_on_the_way_is_given_up(
    bot: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LIMIT", 100)
    filed()
    bot.files["p1"] = PNG
    say("", **telegram.photo("p1", size=100))
    relay_due()
    assert Outbox.objects.get(kind="file").status == "dead"
    assert not Evidence.objects.exists()


def test_file_that_is_gone_is_tried_again_and_given_up_in_the_open(
    bot: BotApi,
) -> None:
    filed()
    say("", **telegram.photo("gone"))
    now = timezone.now()
    for number in range(4):
        relay_due(now=now + timedelta(hours=number))
    row = Outbox.objects.get(kind="file")
    assert (row.status, row.error) == ("dead", "400 Bad Request: wrong file_id")
