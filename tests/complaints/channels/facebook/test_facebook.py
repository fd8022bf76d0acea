"""Meta's handshake, its windows for writing, and what its answers mean."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from appeals.demo.standins import facebook
from appeals.demo.standins.facebook import problem
from complaints.channels import hold
from complaints.channels.facebook import outbound
from complaints.models import Complaint, Outbox, RawMessage
from complaints.outbox import ChannelDown, Deferred, Undeliverable
from complaints.services import correspond, handles
from complaints.services.relay import relay_due
from tests.complaints.channels.social.platform import ANN, Platform, case_of
from tests.people import People

HOOK = "/hooks/facebook/"


def shake(**given: str) -> Any:
    right = {
        "hub.mode": "subscribe",
        "hub.verify_token": "stand-in-word",
        "hub.challenge": "1158201444",
    }
    return Client().get(HOOK, right | {f"hub.{k}": v for k, v in given.items()})


def test_handshake_gives_the_challenge_back(on_facebook: Platform) -> None:
    response = shake()
    assert (response.status_code, response.content) == (200, b"1158201444")
    assert response["Content-Type"] == "text/plain"


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"verify_token": "another"}, 403),
        ({"verify_token": ""}, 403),
        ({"mode": "unsubscribe"}, 400),
        ({"challenge": "<script>"}, 400),
        ({"challenge": ""}, 400),
        ({"challenge": "1" * 101}, 400),
    ],
)
def test_handshake_is_refused(
    on_facebook: Platform,
    given: dict[str, str],
    status: int,
) -> None:
    assert shake(**given).status_code == status


def test_no_word_of_ours_opens_no_handshake(
    on_facebook: Platform,
    settings: Any,
) -> None:
    settings.FACEBOOK_VERIFY_TOKEN = ""
    assert shake(verify_token="").status_code == 403


@pytest.mark.parametrize("verb", ["hide", "unhide", "block", "mute", "", None])
def test_what_our_people_do_to_a_comment_is_no_message(
    on_facebook: Platform, verb: str | None
) -> None:
    assert on_facebook.deliver(on_facebook.post("Hello", verb=verb)).status_code == 200
    assert not RawMessage.objects.exists()


@pytest.mark.parametrize(
    ("age", "tag"),
    [
        (timedelta(hours=1), ""),
        (timedelta(hours=25), "HUMAN_AGENT"),
        (timedelta(days=8), None),
    ],
)
def test_later_letters_use_the_right_that_is_left(
    on_facebook: Platform,
    people: People,
    age: timedelta,
    tag: str | None,
) -> None:
    case = case_of(on_facebook.write("My money is gone."))
    relay_due()
    RawMessage.objects.update(received_at=timezone.now() - age)
    correspond.reply(complaint=case, text="Hello", actor=people.support)
    relay_due()

    tags = [sent["tag"] for sent in on_facebook.api.messages[1:]]
    assert tags == ([] if tag is None else [tag])
    row = Outbox.objects.get(kind="reply", channel="facebook")
    assert row.status == ("dead" if tag is None else "sent")


def test_receipt_of_a_comment_answers_it_in_private(
    on_facebook: Platform,
    people: People,
) -> None:
    raw = on_facebook.taken(on_facebook.post("My money is gone."))
    case = hold.accept(raw, actor=people.support)
    relay_due()

    (sent,) = on_facebook.api.messages
    assert sent["recipient"] == {"comment_id": raw.external_id.removeprefix("post:")}
    assert case.reference in sent["text"]


def test_long_letter_is_cut_and_says_where_it_goes_on(
    on_facebook: Platform,
    people: People,
) -> None:
    case = case_of(on_facebook.write("My money is gone."))
    on_facebook.write(handles.issue_code(user=people.customer))
    case.refresh_from_db()
    correspond.reply(complaint=case, text="Word. " * 900, actor=people.support)
    relay_due()

    text = on_facebook.private()[-1][1]
    assert len(text) <= 2_000
    assert text.endswith("/complaints/")


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, 190, ChannelDown),
        (400, 613, Deferred),
        (400, 4, Deferred),
        (500, 2, Deferred),
        (403, 10, Undeliverable),
        (400, 551, Undeliverable),
        (400, 100, Undeliverable),
        (400, 999, Undeliverable),
        (502, 999, ChannelDown),
    ],
)
def test_refusals_say_what_to_do(
    on_facebook: Platform,
    status: int,
    code: int,
    error: type[Exception],
) -> None:
    on_facebook.api.refuse = problem(status, code, "No.")
    row = Outbox(kind="linked", channel="facebook", recipient=ANN, body="Hello")
    with pytest.raises(error):
        outbound.send(row)


@pytest.mark.parametrize("recipient", ["", "me", "1/2", "1_2_3", "../x"])
def test_only_a_number_is_an_account(
    on_facebook: Platform,
    recipient: str,
) -> None:
    row = Outbox(kind="linked", channel="facebook", recipient=recipient, body="Hello")
    with pytest.raises(Undeliverable) as refused:
        outbound.send(row)
    assert refused.value.final


def test_token_stands_in_no_address(on_facebook: Platform, settings: Any) -> None:
    with on_facebook.api.server() as server:
        settings.FACEBOOK_API_URL = server.url
        row = Outbox(kind="linked", channel="facebook", recipient=ANN, body="Hello")
        outbound.send(row)
    (call,) = server.calls
    assert "token" not in call.path
    assert b"appsecret_proof=" in call.body


def test_two_messages_whose_long_numbers_begin_alike_are_two(
    on_facebook: Platform,
) -> None:
    """A number of Meta's has 88 characters and more; the last ones count as well."""
    begin = "m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM_QPpz5jdCK48PnKAjSdjfipqxqMvK8ma6AC8fplwlqLP"
    first = facebook.message("My deposit is missing.", mid=f"{begin}_5cgXIbu7I3rBN0P")
    other = facebook.message("Mine too.", author="77", mid=f"{begin}_5cgXIbu7I3rBN0Q")
    for told in (first, other, first):
        on_facebook.deliver(told)

    cases = Complaint.objects.order_by("pk")
    said = [(case.description, case.customer.contacts.get().value) for case in cases]
    assert said == [("My deposit is missing.", "6543210987"), ("Mine too.", "77")]
