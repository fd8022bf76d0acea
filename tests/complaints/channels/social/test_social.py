"""What is said on a platform: held, opened, appended, linked, answered."""

import json
import threading
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from appeals.demo.standins.x import weight
from complaints import ledger
from complaints.channels import hold, social_words
from complaints.channels.social import code_in
from complaints.models import (
    Complaint,
    Contact,
    Event,
    Evidence,
    Outbox,
    Party,
    PartyMerge,
    RawMessage,
)
from complaints.permissions import viewer_of
from complaints.services import correspond, handles
from complaints.services.relay import relay_due
from complaints.workflow import perform
from tests.complaints.channels.social.conftest import set_up
from tests.complaints.channels.social.platform import ANN, MALLORY, Platform, case_of
from tests.people import People

STORY = "1,860 USDT left my account at night. It was not me."
AMOUNT = "1,860"


def counts() -> tuple[int, int, int]:
    return RawMessage.objects.count(), Complaint.objects.count(), Party.objects.count()


def snapshot_of(case: Complaint) -> str:
    proof = Evidence.objects.get(complaint=case)
    assert proof.original_name == "post.txt"
    with proof.file.open("rb") as file:
        return file.read().decode()


# Private messages ---------------------------------------------------------------------


def test_first_message_opens_and_later_ones_join(platform: Platform) -> None:
    first = platform.write(STORY)
    second = platform.write("I add the transaction.")

    case = case_of(first)
    assert (first.outcome, second.outcome) == ("opened", "appended")
    assert (case.channel, case.description, case.language) == (
        platform.name,
        STORY,
        "en",
    )
    assert second.complaint == case
    assert [m.text for m in case.messages.all()] == ["I add the transaction."]
    contact = Contact.objects.get(party=case.customer)
    assert (contact.provider, contact.value) == (platform.name, ANN)
    assert contact.proved_at is None
    assert list(ledger.verify()) == []


def test_receipt_comes_back_in_the_conversation_without_content(
    platform: Platform,
) -> None:
    case = case_of(platform.write(STORY))
    relay_due()

    ((account, text),) = platform.private()
    assert account == ANN
    assert case.reference in text
    assert AMOUNT not in text
    assert "/accounts/linked/" in text
    assert Event.objects.filter(stream=case.stream, what="acknowledged").exists()


def test_each_account_is_a_customer_of_its_own(platform: Platform) -> None:
    mine, theirs = platform.write(STORY), platform.write("Mine too.", MALLORY)

    assert theirs.outcome == "opened"
    assert case_of(mine).customer != case_of(theirs).customer


def test_message_after_the_end_opens_anew(platform: Platform, people: People) -> None:
    first = case_of(platform.write(STORY))
    perform(first, "withdraw", actor=people.support, customer_word="By phone.")

    assert case_of(platform.write("It happened again.")) != first


def test_message_on_a_merged_case_reaches_the_survivor(
    platform: Platform, people: People
) -> None:
    first = case_of(platform.write(STORY))
    RawMessage.objects.update(sender="nobody")
    survivor = case_of(platform.write("Another.", MALLORY))
    Complaint.objects.filter(pk=survivor.pk).update(customer=first.customer)
    survivor.refresh_from_db()
    perform(
        first, "merge_into", actor=people.support, survivor=survivor, reason="The same"
    )

    assert case_of(platform.write("More.")) == survivor


def test_flood_is_held(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("complaints.channels.cases.OPENED_A_DAY", 1)
    monkeypatch.setattr("complaints.channels.social.open_case_of", lambda *_a: None)
    outcomes = [platform.write(STORY).outcome for _n in range(2)]

    assert outcomes == ["opened", "held"]
    assert platform.write(STORY, MALLORY).outcome == "opened"


def test_what_we_said_ourselves_is_a_loop(platform: Platform) -> None:
    us = platform.stand_in.ACCOUNT if platform.name == "x" else platform.stand_in.PAGE
    for delivery in (
        platform.stand_in.message("We have it.", us),
        platform.post("We are on it.", us),
    ):
        raw = platform.taken(delivery)
        assert (raw.outcome, raw.reason) == ("dropped", "loop")
    assert not Complaint.objects.exists()


def test_empty_message_waits_for_a_person(platform: Platform) -> None:
    raw = platform.write("  ")
    assert (raw.outcome, raw.reason) == ("held", "empty")


def test_seed_phrase_is_nowhere(platform: Platform) -> None:
    phrase = (
        "legal winner thank year wave sausage worth useful legal winner thank yellow"
    )
    raw = platform.write(f"My words are: {phrase}")

    assert "sausage" not in case_of(raw).description
    assert bytes(raw.raw) == b""


# Linking ------------------------------------------------------------------------------


def test_code_links_and_brings_along_what_was_filed(
    platform: Platform, people: People
) -> None:
    case = case_of(platform.write(STORY))
    code = handles.issue_code(user=people.customer)
    raw = platform.write(f"link {code[:5]} {code[5:].lower()}")
    case.refresh_from_db()

    assert (raw.outcome, raw.reason) == ("dropped", "linked")
    assert case.customer.user == people.customer
    assert case in Complaint.objects.visible_to(viewer_of(people.customer))
    assert platform.write("One thing more.").complaint == case
    relay_due()
    assert any("is now linked" in text for _who, text in platform.private())


def test_who_sends_a_code_is_answered_in_their_language(
    platform: Platform, people: People
) -> None:
    platform.write("提现一周没有到账，请帮我查一下。")
    party = Party.objects.get(contacts__value=ANN)
    assert party.language == "zh-hans"
    with override("zh-hans"):
        expected = social_words._unknown_code()
    platform.write("23456789AB")
    assert Outbox.objects.get(kind="unknown_code").body == expected


_odd = count()


def with_picture(platform: Platform, text: str) -> RawMessage:
    """A private message with a picture that cannot be fetched from there: at a host
    that is none of X's, in a message without a number that Meta would know."""
    body = platform.stand_in.message(text, ANN)
    url = "https://cdn.example/1.png"
    if platform.name == "x":
        said = body["direct_message_events"][0]["message_create"]["message_data"]
        said["attachment"] = {"type": "media", "media": {"media_url_https": url}}
    else:
        said = body["entry"][0]["messaging"][0]["message"]
        said["attachments"] = [{"type": "image", "payload": {"url": url}}]
        said["mid"] = f"m/{next(_odd)}"
    return platform.taken(body)


def test_who_sends_pictures_is_told_once_a_day_how_to(platform: Platform) -> None:
    case = case_of(platform.write(STORY))
    for _each in range(2):
        raw = with_picture(platform, "This is the screen.")
        assert (raw.outcome, raw.complaint) == ("appended", case)

    told = Outbox.objects.get(kind="file_unread")
    assert (told.channel, told.recipient) == (platform.name, ANN)
    assert "/accounts/linked/" in told.body
    assert case.reference not in told.body
    relay_due()
    assert [who for who, text in platform.private() if text == told.body] == [ANN]


@pytest.mark.parametrize(("kind", "owed"), [("file", 1), ("fallback", 0)])
def test_link_that_is_previewed_is_no_file(
    on_facebook: Platform, kind: str, owed: int
) -> None:
    body = on_facebook.stand_in.message(STORY, ANN)
    page = {"type": kind, "payload": {"url": "https://exchange.example/status"}}
    body["entry"][0]["messaging"][0]["message"]["attachments"] = [page]

    assert on_facebook.taken(body).outcome == "opened"
    assert Outbox.objects.filter(kind="file").count() == owed
    assert not Outbox.objects.filter(kind="file_unread").exists()


def test_linked_account_gets_letters_whole(platform: Platform, people: People) -> None:
    case = case_of(platform.write(STORY))
    platform.write(handles.issue_code(user=people.customer))
    case.refresh_from_db()
    correspond.reply(complaint=case, text="1,302 is paid.", actor=people.support)
    relay_due()

    assert any("1,302 is paid." in text for _who, text in platform.private())


def test_unlinked_account_gets_no_content(platform: Platform, people: People) -> None:
    case = case_of(platform.write(STORY))
    correspond.reply(complaint=case, text="1,302 is paid.", actor=people.support)
    relay_due()

    assert len(platform.private()) == 2
    assert not any("1,302" in text for _who, text in platform.private())


def test_link_that_ends_before_the_letter_goes_out_stops_it(
    platform: Platform, people: People
) -> None:
    case = case_of(platform.write(STORY))
    platform.write(handles.issue_code(user=people.customer))
    case.refresh_from_db()
    correspond.reply(complaint=case, text="1,302 is paid.", actor=people.support)
    (contact,) = handles.linked(user=people.customer)
    handles.unlink(user=people.customer, contact=contact.pk)
    relay_due()

    assert not any("1,302" in text for _who, text in platform.private())
    dead = Outbox.objects.get(channel=platform.name, status="dead")
    assert "no longer linked" in dead.error


def test_foreign_account_never_reads(platform: Platform, people: People) -> None:
    """Another account's words open their own case, whatever number they name."""
    mine = case_of(platform.write(STORY))
    raw = platform.write(f"About {mine.reference}: where is my money?", MALLORY)
    relay_due()

    assert raw.outcome == "opened"
    assert raw.complaint != mine
    told = [text for who, text in platform.private() if who == MALLORY]
    assert not any(mine.reference in text or AMOUNT in text for text in told)


def test_wrong_code_is_said_and_after_ten_a_person_looks(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("complaints.channels.social.CODES_A_DAY", 2)
    raws = [platform.write("link 23456 789AB") for _n in range(3)]

    assert [r.reason for r in raws] == ["unknown_code", "unknown_code", "too_many"]
    relay_due()
    assert "wrong, used or too old" in platform.private()[0][1]
    assert not Complaint.objects.exists()


def test_account_ends_its_link_and_takes_back_what_it_brought(
    platform: Platform, people: People
) -> None:
    case = case_of(platform.write(STORY))
    guest = case.customer
    platform.write(handles.issue_code(user=people.customer))
    raw = platform.write("UNLINK")
    case.refresh_from_db()

    assert (raw.outcome, raw.reason) == ("dropped", "linked")
    assert case.customer == guest
    assert handles.linked(user=people.customer) == []
    assert PartyMerge.objects.get().undone_by.username == f"channel:{platform.name}"
    assert platform.write("More.").complaint == case


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("23456 789AB", ("23456789AB", True)),
        ("link ABCDE-FGHJK", ("ABCDEFGHJK", True)),
        ("绑定 abcde fghjk", ("ABCDEFGHJK", True)),
        (" DEPARTMENT ", ("DEPARTMENT", False)),
        ("My department", ("", False)),
        ("0123456789", ("", False)),
        ("link", ("", False)),
        ("", ("", False)),
        ("23456789AB and more", ("", False)),
    ],
)
def test_code_is_told_from_words(text: str, expected: tuple[str, bool]) -> None:
    assert code_in(text) == expected


def test_word_that_could_be_a_code_is_a_word(platform: Platform) -> None:
    assert platform.write("department").outcome == "opened"


# Said before everybody ----------------------------------------------------------------


def test_post_is_held_and_opens_with_its_snapshot(
    platform: Platform, people: People
) -> None:
    delivery = platform.post(f"@exchange {STORY}")
    raw = platform.taken(delivery)
    assert (raw.outcome, raw.reason) == ("held", "public_post")
    link = raw.verdicts["link"]
    assert link.startswith("https://")
    assert not Complaint.objects.exists()

    case = hold.accept(raw, actor=people.support)

    content = snapshot_of(case)
    assert STORY in content
    assert link in content
    assert f"({ANN})" in content
    assert "sha256 of the record" in content
    assert list(ledger.verify()) == []


def test_public_answer_says_nothing_of_the_case(
    platform: Platform, people: People
) -> None:
    raw = platform.taken(platform.post(f"@exchange {STORY}"))
    case = hold.accept(raw, actor=people.support)
    relay_due()

    ((post, text),) = platform.public()
    assert post == raw.external_id.partition(":")[2]
    assert case.reference not in text
    assert AMOUNT not in text
    assert "/complaints/new/" in text


def test_public_answer_is_sent_once_though_its_ack_is_lost(
    on_x: Platform, people: People
) -> None:
    raw = on_x.taken(on_x.post(f"@exchange {STORY}"))
    hold.accept(raw, actor=people.support)
    relay_due()
    Outbox.objects.filter(kind="public_answer").update(
        status="pending", sent_at=None, attempts=0
    )
    relay_due()

    assert len(on_x.public()) == 1
    assert Outbox.objects.get(kind="public_answer").status == "sent"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_public_answer_fits_into_a_post(settings: Any, language: str) -> None:
    settings.SITE_URL = "https://complaints.a-rather-long-name-of-an-exchange.example"
    with override(language):
        assert weight(social_words.public_answer()) <= 280


@pytest.mark.parametrize("act", ["drop", "attach"])
def test_nothing_is_said_in_public_of_what_is_not_taken_up(
    platform: Platform, people: People, act: str
) -> None:
    raw = platform.taken(platform.post("Buy my coin!"))
    if act == "drop":
        hold.drop(raw, "An advertisement.", actor=people.support)
    else:
        case = case_of(platform.write(STORY, MALLORY))
        hold.attach(raw, case, actor=people.support)
    relay_due()

    assert platform.public() == []


def test_deleted_post_keeps_its_snapshot_and_is_not_answered(
    platform: Platform, people: People
) -> None:
    delivery = platform.post(f"@exchange {STORY}")
    raw = platform.taken(delivery)
    gone = platform.delete(delivery)
    assert (gone.outcome, gone.reason) == ("dropped", "deleted_there")
    raw.refresh_from_db()
    assert (raw.outcome, raw.verdicts["deleted_there"]) == ("held", True)

    case = hold.accept(raw, actor=people.support)
    relay_due()

    assert STORY in snapshot_of(case)
    assert platform.public() == []


def test_deletion_after_the_complaint_stands_on_the_case(
    platform: Platform, people: People
) -> None:
    delivery = platform.post(f"@exchange {STORY}")
    case = hold.accept(platform.taken(delivery), actor=people.support)
    platform.delete(delivery)

    event = Event.objects.get(stream=case.stream, what="post_deleted")
    assert event.actor.username == f"channel:{platform.name}"
    assert Evidence.objects.filter(complaint=case).exists()
    assert list(ledger.verify()) == []


def test_author_of_a_post_goes_on_in_private(
    platform: Platform, people: People
) -> None:
    raw = platform.taken(platform.post(f"@exchange {STORY}"))
    case = hold.accept(raw, actor=people.support)

    assert platform.write("It was on 3 November.").complaint == case


# Once, and signed ---------------------------------------------------------------------


def test_same_delivery_again_adds_nothing(platform: Platform) -> None:
    body = platform.stand_in.message(STORY, ANN)
    assert platform.deliver(body).status_code == 200
    before = counts()
    assert platform.deliver(body).status_code == 200
    assert counts() == before == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["x", "facebook"])
def test_ten_at_once_are_one(name: str, settings: Any) -> None:
    with set_up(name, settings) as platform:
        body = platform.stand_in.message(STORY, ANN)
        start, said = threading.Barrier(10), []

        def run() -> None:
            try:
                start.wait()
                said.append(platform.deliver(body).status_code)
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)

    assert said == [200] * 10
    assert counts() == (1, 1, 1)


def _foreign(platform: Platform, raw: bytes, settings: Any) -> dict[str, str]:
    """Signed by another app."""
    name = {"x": "X_API_SECRET", "facebook": "FACEBOOK_APP_SECRET"}[platform.name]
    right = getattr(settings, name)
    setattr(settings, name, "another-secret")
    headers = platform.stand_in.signed(raw)
    setattr(settings, name, right)
    return headers


@pytest.mark.parametrize(
    "kind", ["missing", "empty", "bare", "cut", "foreign", "other"]
)
def test_wrong_signature_leaves_no_row(
    platform: Platform, settings: Any, kind: str
) -> None:
    raw = json.dumps(platform.stand_in.message(STORY, ANN)).encode()
    right = platform.stand_in.signed(raw)
    ((name, value),) = right.items()
    headers = {
        "missing": {"X-Else": "1"},
        "empty": {name: ""},
        "bare": {name: value.removeprefix("sha256=")},
        "cut": {name: value[:-1]},
        "foreign": _foreign(platform, raw, settings),
        "other": platform.stand_in.signed(raw + b" "),
    }[kind]

    response = platform.deliver(raw, **headers)

    assert (response.status_code, response.json()) == (403, {"code": "bad_signature"})
    assert counts() == (0, 0, 0)


def test_delivery_for_another_account_is_refused(platform: Platform) -> None:
    body = platform.stand_in.message(STORY, ANN)
    if platform.name == "x":
        body["for_user_id"] = "1"
    else:
        body["entry"][0]["id"] = "1"
    assert platform.deliver(body).status_code == 403
    assert counts() == (0, 0, 0)


def test_not_set_up_there_is_no_hook_and_nothing_goes_out(
    platform: Platform, settings: Any
) -> None:
    case_of(platform.write(STORY))
    for name in platform.stand_in.SETTINGS:
        setattr(settings, name, "")
    response = platform.deliver({}, **{"X-Else": "1"})
    relay_due()

    assert (response.status_code, response.json()) == (404, {"code": "not_configured"})
    row = Outbox.objects.get(channel=platform.name)
    assert (row.status, "is not configured" in row.error) == ("dead", True)


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_not_allowed(platform: Platform, method: str) -> None:
    assert getattr(Client(), method)(platform.url).status_code == 405


def test_platforms_own_time_counts_as_receipt(platform: Platform) -> None:
    """As long as it is signed by the platform and not absurd."""
    hours = timezone.now() - timedelta(hours=3)
    body = platform.stand_in.message(STORY, ANN)
    at = int(hours.timestamp() * 1000)
    if platform.name == "x":
        body["direct_message_events"][0]["created_timestamp"] = str(at)
    else:
        body["entry"][0]["messaging"][0]["timestamp"] = at
    case = case_of(platform.taken(body))

    assert abs(case.received_at - hours) < timedelta(seconds=1)


def test_several_items_of_one_delivery_are_several_messages(on_x: Platform) -> None:
    first = on_x.stand_in.message(STORY, ANN)
    second = on_x.stand_in.message("Mine too.", MALLORY)
    first["direct_message_events"] += second["direct_message_events"]
    first["tweet_create_events"] = on_x.post("And this")["tweet_create_events"]
    on_x.deliver(first)

    assert sorted(RawMessage.objects.values_list("outcome", flat=True)) == [
        "held",
        "opened",
        "opened",
    ]
