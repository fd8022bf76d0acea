"""The guided conversation: a complaint comes of it, and no words are lost."""

from dataclasses import replace
from typing import Any

import pytest

from appeals.demo.standins import telegram
from appeals.demo.standins.telegram import BotApi
from complaints import ledger
from complaints.channels import cases, hold
from complaints.channels.telegram import dialogue
from complaints.channels.telegram.models import Conversation
from complaints.models import Complaint, Contact, Outbox, ProtectionRequest, RawMessage
from complaints.services.handles import issue_code
from tests.complaints.channels.telegram.bot import ADA, filed, push, reply, say
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bot")]


def test_questions_lead_to_a_complaint() -> None:
    assert (say("/file").outcome, reply()[:26]) == (
        "dropped",
        "Is money or access at risk",
    )
    push("risk:no")
    assert reply() == "What is it about?"
    push("cat:withdrawals")
    push("cat:withdrawals.delayed")
    assert reply().startswith("Tell us in one message")
    raw = say("My withdrawal never came.\nIt was 300 USDT.")

    case = Complaint.objects.get()
    assert (raw.outcome, raw.complaint) == ("opened", case)
    assert (case.channel, case.state, case.language) == ("telegram", "received", "en")
    assert case.description == "My withdrawal never came.\nIt was 300 USDT."
    assert case.category is not None
    assert case.category.code == "withdrawals.delayed"
    assert reply().startswith(case.reference)
    contact = Contact.objects.get(party=case.customer)
    assert (contact.provider, contact.value, contact.proved_at) == (
        "telegram",
        str(ADA),
        None,
    )
    assert list(ledger.verify()) == []


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


def test_story_told_first_is_held_until_it_is_known_where_it_belongs() -> None:
    raw = say("My withdrawal never came, it was a lot.")
    assert (raw.outcome, raw.reason) == ("held", "unfinished")
    more = say("I wrote to your support as well.")
    push("risk:no")
    push("cat:withdrawals.delayed")

    case = Complaint.objects.get()
    for row, outcome in ((raw, "opened"), (more, "appended")):
        row.refresh_from_db()
        assert (row.outcome, row.complaint) == (outcome, case)
    assert case.description == "My withdrawal never came, it was a lot."
    assert case.messages.get(direction="in").text == "I wrote to your support as well."


def test_what_a_person_took_up_meanwhile_is_not_taken_up_twice(people: People) -> None:
    raw = say("My withdrawal never came, it was a lot.")
    hold.accept(raw, actor=people.support)
    push("risk:no")
    push("cat:withdrawals.delayed")
    assert Complaint.objects.count() == 1
    assert reply().startswith("Tell us in one message")


@pytest.mark.parametrize("text", ["hi", "/start", "/help", "/nonsense", "你好"])
def test_greeting_opens_and_holds_nothing(text: str) -> None:
    assert say(text).outcome == "dropped"
    assert Outbox.objects.get().subject == "menu|en"


@pytest.mark.parametrize(
    ("danger", "measure", "category"),
    [
        ("transfer", "withdrawal_lock", "security.unauthorised-withdrawal"),
        ("intruder", "session_kill", "security.takeover"),
        ("locked_out", "freeze", "security.locked-out"),
    ],
)
def test_danger_is_two_presses_from_security(
    danger: str, measure: str, category: str
) -> None:
    say("/file")
    push("risk:yes")
    raw = push(f"danger:{danger}")

    case = Complaint.objects.get()
    assert (raw.outcome, case.funds_at_risk, case.severity) == (
        "opened",
        True,
        "critical",
    )
    assert case.category is not None
    assert case.category.code == category
    assert ProtectionRequest.objects.get(complaint=case).kind == measure
    assert Outbox.objects.filter(complaint=case, channel="alarm").exists()
    assert say("He is in my account since noon.").complaint == case


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


# Linking ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["/link {}", "/start {}", "/link@ourbot {}"])
def test_code_links_and_the_next_complaint_is_the_customers(
    people: People, command: str
) -> None:
    code = issue_code(user=people.customer)
    say(command.format(code))
    assert reply().startswith("This account is linked")
    case = filed("Mine, and a proven account's.")
    assert case.customer.user == people.customer
    receipt = Outbox.objects.get(complaint=case, kind="receipt", channel="telegram")
    assert receipt.body == ""  # the letter itself, whole


def test_code_may_be_sent_alone_when_it_was_asked_for(people: People) -> None:
    code = issue_code(user=people.customer)
    say("/link")
    say(code.lower())
    assert Contact.objects.get(value=str(ADA)).party.user == people.customer


def test_wrong_codes_are_counted(people: People) -> None:
    for _try in range(10):
        say("/link AAAAAAAAAA")
        assert reply().startswith("This code is wrong")
    code = issue_code(user=people.customer)
    say(f"/link {code}")
    assert reply().startswith("Too many codes")
    assert not Contact.objects.filter(proved_at__isnull=False, value=str(ADA)).exists()


def test_unlinked_account_is_nobody_to_its_former_customer(people: People) -> None:
    say(f"/link {issue_code(user=people.customer)}")
    case = filed()
    say("/unlink")
    assert reply() == "The link is ended."
    say("/status")
    assert reply() == "There is no complaint from this account."
    assert say("Tell me more about my case").complaint is None
    assert filed("A new one").customer != case.customer


# Limits -------------------------------------------------------------------------------


def test_one_complaint_too_many_a_day_waits_for_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cases, "OPENED_A_DAY", 2)
    filed("The first")
    filed("The second")
    say("/file")
    push("risk:no")
    push("cat:withdrawals.delayed")
    raw = say("One more")
    assert (raw.outcome, raw.reason) == ("held", "too_many")
    assert Complaint.objects.count() == 2


def test_flood_is_answered_no_more_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = replace(dialogue.REPLIES, tries=3)
    monkeypatch.setattr(dialogue, "REPLIES", limit)
    for _time in range(5):
        say("hi")
    assert RawMessage.objects.count() == 5
    assert Outbox.objects.filter(kind="bot").count() == 3


def test_album_is_answered_once(bot: BotApi) -> None:
    filed()
    before = Outbox.objects.filter(kind="bot").count()
    for number in range(3):
        say("", media_group_id="g1", **telegram.photo(f"p{number}"))
    assert Outbox.objects.filter(kind="bot").count() == before + 1
