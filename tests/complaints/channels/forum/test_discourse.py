"""Discourse: who is let in, what becomes of a post, and the answer in private."""

import hashlib
import json
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from appeals.demo.standins import discourse as standin
from appeals.demo.standins.discourse import SETTINGS, Discourse, post, signed
from appeals.demo.standins.server import Said
from complaints.channels import hold
from complaints.channels.forum import discourse, others, outbound
from complaints.models import Complaint, Contact, Message, Outbox, RawMessage
from complaints.outbox import ChannelDown, Deferred, Undeliverable
from complaints.permissions import Viewer
from complaints.services import handles
from complaints.services.relay import relay_due
from complaints.workflow import perform
from config.backends import cache_config
from tests.complaints.channels.bounds import dripping, flat, quick
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forum")]
HOOK = "/hooks/forum/"
PM = {"topic_archetype": "private_message"}


@pytest.fixture
def forum(settings: Any) -> Discourse:
    """Configured, with nobody at the other end; that everybody reads the category of
    the recorded posts was asked a moment ago."""
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    settings.DISCOURSE_URL = "https://forum.example"
    cache.set(f"discourse-category:{standin.POST['category_id']}", True)
    return Discourse()


@pytest.fixture
def there(forum: Discourse, settings: Any) -> Iterator[Discourse]:
    """The same with the stand-in listening."""
    with forum.server() as server:
        settings.DISCOURSE_URL = server.url
        yield forum


def deliver(told: Any, **headers: str) -> Any:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return Client(raise_request_exception=False).post(
        HOOK, body, "application/json", headers={**signed(body), **headers}
    )


def outcome(told: Any) -> tuple[str, str]:
    """What became of a delivery, and why."""
    assert deliver(told).status_code == 200
    raw = RawMessage.objects.latest("pk")
    return raw.outcome, raw.reason


# The door -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "signature", ["", "sha256=", "sha256=" + "0" * 64, "é", "sha1=x"]
)
def test_wrong_signature_keeps_nothing(signature: str) -> None:
    response = deliver(post("Hello"), **{"X-Discourse-Event-Signature": signature})
    assert (response.status_code, response.json()) == (403, {"code": "bad_signature"})
    assert not RawMessage.objects.exists()


def test_signature_of_another_body_or_secret_is_foreign(settings: Any) -> None:
    other = signed(json.dumps(post("Other")).encode())
    assert deliver(post("Hello"), **other).status_code == 403
    settings.DISCOURSE_WEBHOOK_SECRET = "another"
    assert deliver(post("Hello")).status_code == 403
    assert not RawMessage.objects.exists()


@pytest.mark.parametrize("name", ["DISCOURSE_URL", "DISCOURSE_WEBHOOK_SECRET"])
def test_without_configuration_there_is_no_hook(settings: Any, name: str) -> None:
    setattr(settings, name, "")
    response = deliver(post("Hello"))
    assert (response.status_code, response.json()) == (404, {"code": "not_configured"})


def test_other_methods_and_long_bodies() -> None:
    assert Client().get(HOOK).status_code == 405
    assert deliver(b"[" * 1_000_001).status_code == 413


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"[" * 5_000, 400),
        (b'{"ping": "OK"}', 200),
        (b'{"topic": {"id": 5, "title": "x"}}', 200),
        (b'{"post": {}}', 200),
        (b'{"post": {"id": true}}', 200),
    ],
)
def test_what_tells_of_no_post_is_not_kept(body: bytes, status: int) -> None:
    assert deliver(body).status_code == status
    assert not RawMessage.objects.exists()


def test_event_and_number_in_unsigned_headers_count_for_nothing() -> None:
    told = post("Hello there")
    for event in ("post_created", "post_destroyed", "topic_created"):
        deliver(told, **{"X-Discourse-Event": event, "X-Discourse-Event-Id": event})
    assert RawMessage.objects.get().outcome == "held"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("there")
def test_ten_at_once_are_one_message() -> None:
    told, gate, codes = post("Hello", **PM), threading.Barrier(10), []

    def send() -> None:
        gate.wait()
        codes.append(deliver(told).status_code)
        connection.close()

    sends = [threading.Thread(target=send) for _time in range(10)]
    for one in sends:
        one.start()
    for one in sends:
        one.join()
    assert codes == [200] * 10
    assert (RawMessage.objects.count(), Complaint.objects.count()) == (1, 1)


# What becomes of it -------------------------------------------------------------------


def test_public_post_waits_for_a_person_with_its_snapshot(people: People) -> None:
    told = post("My withdrawal is held.")
    assert outcome(told) == ("held", "public_post")
    assert not Complaint.objects.exists()

    case = hold.accept(RawMessage.objects.get(), actor=people.support)

    assert (case.channel, case.subject) == ("forum", "Withdrawal held since Tuesday")
    link = f"https://forum.example/t/{told['post']['topic_id']}/1"
    assert case.description == f"My withdrawal is held.\n\n{link}"
    with case.evidence.get().file.open("rb") as file:
        assert link.encode() in file.read()
    assert case.customer.contacts.get().value == "discourse:4711"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"username": "Complaints_Desk"}, ("dropped", "loop")),
        ({"user_id": -1}, ("dropped", "loop")),
        ({"moderator": True}, ("dropped", "loop")),
        ({"deleted_at": "2026-11-22T10:00:00.000Z"}, ("dropped", "deleted_there")),
        ({"post_type": 3}, ("dropped", "empty")),
        ({"raw": " \n"}, ("dropped", "empty")),
        ({"raw": None}, ("dropped", "empty")),
        ({"raw": "x" * 50_001}, ("held", "text_cut")),
        ({"user_id": "4711"}, ("dropped", "loop")),
        (PM, ("opened", "")),
    ],
)
@pytest.mark.usefixtures("there")
def test_verdicts(more: dict[str, Any], expected: tuple[str, str]) -> None:
    assert outcome(post("Hello", **more)) == expected


def test_later_words_in_the_same_topic(people: People) -> None:
    first = post("My withdrawal is held.")
    topic = {"topic_id": first["post"]["topic_id"]}
    assert outcome(first) == ("held", "public_post")
    by_other = post("Mine too!", user_id=9, username="ben", post_number=2, **topic)
    assert outcome(by_other) == ("dropped", "somebody_else")
    early = post("And again.", post_number=3, **topic)
    assert outcome(early) == ("held", "public_post")
    case = hold.accept(RawMessage.objects.earliest("pk"), actor=people.support)

    assert outcome(post("Still held.", post_number=4, **topic)) == ("appended", "")
    edited = {"post": {**first["post"], "raw": "It is lost.", "version": 2}}
    assert outcome(edited) == ("appended", "")
    later = post("Mine too!", user_id=9, username="ben", post_number=5, **topic)
    assert outcome(later) == ("dropped", "somebody_else")
    said = Message.objects.filter(complaint=case, direction="in")
    assert [row.text.split("\n")[0] for row in said] == ["Still held.", "It is lost."]


@pytest.mark.usefixtures("there")
def test_private_messages_are_one_case_and_strangers_have_their_own() -> None:
    assert outcome(post("Where is my money?", **PM)) == ("opened", "")
    assert outcome(post("It was 1,860 USDT.", **PM)) == ("appended", "")
    stranger = post("Mine as well.", user_id=9, username="ben", **PM)
    assert outcome(stranger) == ("opened", "")

    assert Complaint.objects.count() == 2
    assert not Complaint.objects.exclude(channel="forum").exists()


@pytest.mark.usefixtures("there")
def test_code_links_the_account_and_only_a_fresh_one(people: People) -> None:
    assert outcome(post("Where is my money?", **PM)) == ("opened", "")
    code = handles.issue_code(user=people.customer)
    assert outcome(post(f" {code.lower()} ", **PM)) == ("dropped", "linked")
    speaker = handles.speaker_of("forum", "discourse:4711")
    assert speaker is not None
    assert (speaker.party.user, speaker.proven) == (people.customer, True)

    assert outcome(post(code, user_id=9, username="ben", **PM)) == ("opened", "")
    assert not Contact.objects.filter(value="discourse:9", proved_at__isnull=False)


@pytest.mark.usefixtures("there")
def test_codes_are_tried_so_often_and_then_are_words(people: People) -> None:
    for _time in range(10):
        outcome(post("AAAAA-AAAAA", **PM))
    code = handles.issue_code(user=people.customer)

    assert outcome(post(code, **PM)) == ("appended", "")
    assert not Contact.objects.filter(proved_at__isnull=False, proof="code:forum")
    assert outcome(post(code, user_id=9, username="ben", **PM)) == ("dropped", "linked")


@pytest.mark.usefixtures("there")
def test_many_a_day_wait_for_a_person() -> None:
    outcome(post("No. 1", **PM))
    case = Complaint.objects.get()
    customer = Viewer(user=case.recorded_by, parties=frozenset({case.customer_id}))
    perform(case, "withdraw", actor=customer)
    first = RawMessage.objects.get()
    for number in range(9):
        first.pk, first.external_id = None, f"earlier-{number}"
        first.save()

    assert outcome(post("One more", **PM)) == ("held", "too_many")
    assert outcome(post("Mine", user_id=9, username="ben", **PM)) == ("opened", "")


# What was said to others --------------------------------------------------------------

SECRET = "Zwiebelturm, the pass phrase is on the yellow note"


def stored_anywhere(words: str) -> list[str]:
    """The columns of the register that hold ``words``."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            rows = model._default_manager.values_list(field.name, flat=True)
            if any(words.encode() in _as_bytes(value) for value in rows):
                found.append(f"{model.__name__}.{field.name}")
    return found


def _as_bytes(value: Any) -> bytes:
    held = isinstance(value, bytes | memoryview)
    return bytes(value) if held else str(value).encode()


def test_private_message_of_others_is_dropped_and_its_words_are_not_kept(
    there: Discourse,
) -> None:
    told = post(SECRET, user_id=9, username="ben", topic_title="Zwiebelturm", **PM)
    there.private[told["post"]["topic_id"]] = ["ben", "ann_example"]

    assert outcome(told) == ("dropped", "said_to_others")
    assert stored_anywhere("Zwiebelturm") == []
    row = RawMessage.objects.get()
    numbers = {name: told["post"][name] for name in ("id", "topic_id")}
    assert json.loads(bytes(row.raw)) == {
        "post": {**numbers, "post_number": 1, "version": 1, "deleted_at": None},
        "withheld": "said_to_others",
        "delivery": {
            "sha256": hashlib.sha256(json.dumps(told).encode()).hexdigest(),
            "bytes": len(json.dumps(told)),
        },
    }
    assert (row.sender, row.complaint) == ("", None)
    assert not Complaint.objects.exists()
    assert outcome(told) == ("dropped", "said_to_others")
    assert RawMessage.objects.count() == 1


def test_topic_that_our_account_may_not_see_is_not_said_to_us(
    there: Discourse,
) -> None:
    there.refuse = standin.problem(404, "The requested URL could not be found.")
    assert outcome(post(SECRET, **PM)) == ("dropped", "said_to_others")
    assert stored_anywhere("Zwiebelturm") == []


def test_without_a_key_nobody_can_be_asked_and_nothing_private_is_taken(
    settings: Any,
) -> None:
    settings.DISCOURSE_API_KEY = ""
    assert outcome(post(SECRET, **PM)) == ("dropped", "said_to_others")
    assert stored_anywhere("Zwiebelturm") == []


@pytest.mark.parametrize("more", [PM, {"category_id": 7}])
@pytest.mark.parametrize(
    "said",
    [
        standin.problem(403, "The API username or key is invalid."),
        standin.problem(429, "Slow down"),
        standin.problem(500, "Oops"),
        Said(200, b"[]"),
        Said(200, b'{"details": {"allowed_users": "all"}, "category": []}'),
        Said(200, b'{"details": {}, "category": {"read_restricted": null}}'),
        Said(302, b"", headers={"Location": "http://127.0.0.1/"}),
    ],
)
def test_what_cannot_be_asked_waits_for_a_person_without_its_words(
    there: Discourse, said: Said, more: dict[str, Any], people: People
) -> None:
    told, there.refuse = post(SECRET, **more), said

    assert outcome(told) == ("held", "maybe_said_to_others")
    assert stored_anywhere("Zwiebelturm") == []
    row = RawMessage.objects.get()
    link = there_is(told)
    assert row.verdicts["link"] == link
    case = hold.accept(row, actor=people.support)
    assert case.description == link
    assert case.customer.contacts.get().value == "discourse:4711"


def there_is(told: dict[str, Any]) -> str:
    """The address of a post."""
    return f"{django_settings.DISCOURSE_URL}/t/{told['post']['topic_id']}/1"


def test_forum_is_asked_once_a_minute_for_one_topic(
    forum: Discourse, settings: Any
) -> None:
    with forum.server() as server:
        settings.DISCOURSE_URL = server.url
        first = post("Where is my money?", **PM)
        same = {"topic_id": first["post"]["topic_id"], **PM}
        outcomes = [outcome(first), outcome(post("And?", post_number=2, **same))]
    assert outcomes == [("opened", ""), ("appended", "")]
    assert [call.path for call in server.calls] == [f"/t/{same['topic_id']}.json"]


@pytest.mark.parametrize(
    "more",
    [
        {"topic_archetype": ""},
        {"topic_archetype": None},
        {"topic_archetype": "secret"},
        {"topic_archetype": ["regular"]},
        {"post_type": 4},
        {"read_restricted": True},
        {"category": {"id": 5, "read_restricted": True}},
        {"topic_archetype": "", "deleted_at": "2026-11-22T10:00:00.000Z"},
    ],
)
def test_whatever_is_not_said_to_everybody_is_dropped_without_its_words(
    more: dict[str, Any],
) -> None:
    assert outcome(post(SECRET, **more)) == ("dropped", "said_to_others")
    assert stored_anywhere("Zwiebelturm") == []


def test_post_in_a_closed_category_is_dropped_without_its_words(
    there: Discourse,
) -> None:
    there.closed.add(7)
    assert outcome(post(SECRET, category_id=7)) == ("dropped", "said_to_others")
    assert stored_anywhere("Zwiebelturm") == []
    assert outcome(post("Hello", category_id=8)) == ("held", "public_post")


def test_category_that_our_account_may_not_see_is_not_read_by_everybody(
    there: Discourse,
) -> None:
    there.refuse = standin.problem(404, "The requested URL could not be found.")
    assert outcome(post(SECRET, category_id=7)) == ("dropped", "said_to_others")
    assert stored_anywhere("Zwiebelturm") == []


@pytest.mark.parametrize("number", [None, 0, -7, "7", 7.0, True, 2**60])
def test_post_that_says_no_category_waits_without_its_words(
    there: Discourse, number: Any
) -> None:
    assert outcome(post(SECRET, category_id=number)) == ("held", "maybe_said_to_others")
    assert stored_anywhere("Zwiebelturm") == []


@pytest.mark.parametrize("status", [200, 503])
def test_delivery_does_not_wait_for_a_forum_that_answers_by_drops(
    forum: Discourse, settings: Any, monkeypatch: Any, status: int
) -> None:
    monkeypatch.setattr(others, "ASKED_WITHIN", 1.0)
    with dripping(status) as settings.DISCOURSE_URL:
        began = time.monotonic()
        told = outcome(post(SECRET, category_id=7))
        assert time.monotonic() - began < 7
    assert told == ("held", "maybe_said_to_others")
    assert stored_anywhere("Zwiebelturm") == []


def test_without_a_key_a_post_that_says_it_is_public_is_believed(settings: Any) -> None:
    settings.DISCOURSE_API_KEY = ""
    assert outcome(post("Hello", category_id=7)) == ("held", "public_post")


def test_forum_is_asked_once_a_minute_for_one_category(
    forum: Discourse, settings: Any
) -> None:
    with forum.server() as server:
        settings.DISCOURSE_URL = server.url
        outcomes = [outcome(post(words, category_id=7)) for words in ("One", "Two")]
    assert outcomes == [("held", "public_post")] * 2
    assert [call.path for call in server.calls] == ["/c/7/show.json"]


def test_without_a_cache_it_is_asked_each_time(forum: Discourse, settings: Any) -> None:
    settings.CACHES = {"default": cache_config("redis://127.0.0.1:1/0", Path())}
    with forum.server() as server:
        settings.DISCOURSE_URL = server.url
        outcomes = [outcome(post(words, category_id=7)) for words in ("One", "Two")]
    assert outcomes == [("held", "public_post")] * 2
    assert [call.path for call in server.calls] == ["/c/7/show.json"] * 2


def test_banner_is_read_by_everybody() -> None:
    assert outcome(post("Hello", topic_archetype="banner")) == ("held", "public_post")


def test_our_own_letter_is_known_without_asking(forum: Discourse) -> None:
    """Its account may be "system", which writes to everybody: not a word is kept."""
    told = post(SECRET, username="Complaints_Desk", user_id=3, **PM)
    assert outcome(told) == ("dropped", "loop")
    assert outcome(told) == ("dropped", "loop")
    assert stored_anywhere("Zwiebelturm") == []


# The answer ---------------------------------------------------------------------------


def test_receipt_goes_back_in_private_without_the_matter(there: Discourse) -> None:
    outcome(post("Secret words about 1,860 USDT", **PM))
    relay_due()

    sent = there.messages[0]
    case = Complaint.objects.get()
    assert sent["archetype"] == "private_message"
    assert sent["target_recipients"] == "ann_example"
    assert case.reference in sent["title"]
    assert "1,860" not in sent["raw"]
    assert "Secret words" not in sent["raw"]
    assert Outbox.objects.get().status == "sent"


def test_name_is_asked_anew_for_every_letter(there: Discourse) -> None:
    outcome(post("Where is my money?", **PM))
    there.users[4711] = "renamed"
    relay_due()
    assert there.messages[0]["target_recipients"] == "renamed"


def a_row(**columns: Any) -> Outbox:
    given = {"key": "k1", "recipient": "discourse:4711", "subject": "S", "body": "B"}
    return Outbox(channel="forum", kind="receipt", **given | columns)


def test_sent_twice_it_arrives_once(there: Discourse) -> None:
    for _time in range(2):
        outbound.send(a_row())
    assert len(there.messages) == 1
    outbound.send(a_row(key="k2"))
    assert len(there.messages) == 2


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (standin.problem(429, "Slow down"), Deferred),
        (standin.problem(500, "Oops"), ChannelDown),
        (standin.problem(403, "No"), Undeliverable),
        (Said(200, b"[]"), Undeliverable),
        (Said(200, b'{"username": "a,b"}'), Undeliverable),
        (Said(302, b"", headers={"Location": "http://127.0.0.1/"}), Undeliverable),
    ],
)
def test_refusals(there: Discourse, said: Said, error: type[Exception]) -> None:
    there.refuse = said
    with pytest.raises(error):
        outbound.send(a_row())
    assert there.messages == []


def test_nobody_answers(settings: Any) -> None:
    settings.DISCOURSE_URL = "http://127.0.0.1:1"
    with pytest.raises(ChannelDown):
        outbound.send(a_row())


@pytest.mark.parametrize(
    "recipient", ["", "ann", "discourse:", "discourse:../x", "board:", "board:nobody"]
)
def test_no_account_of_a_community(there: Discourse, recipient: str) -> None:
    with pytest.raises(Undeliverable) as refusal:
        outbound.send(a_row(recipient=recipient))
    assert refusal.value.final
    assert there.messages == []


def test_without_a_key_nothing_goes_out(settings: Any) -> None:
    settings.DISCOURSE_API_KEY = ""
    with pytest.raises(Undeliverable, match="not configured"):
        outbound.send(a_row())


# Fuzz ---------------------------------------------------------------------------------


def mutated(chance: random.Random) -> bytes:
    """A recorded delivery with bytes, or values of the wrong kind, put into it."""
    told = post("Withdrawal held since Tuesday, 提现", **chance.choice([{}, PM]))
    if chance.random() < 0.6:
        names = chance.choices(list(told["post"]), k=chance.randint(1, 6))
        odd = [None, -1, 2**70, "", "\x00", "\ud800", [], {}, True, 1.5, "x" * 5_000]
        told["post"] |= {name: chance.choice(odd) for name in names}
        return json.dumps(told).encode()
    body = bytearray(json.dumps(told).encode())
    for _time in range(chance.randint(1, 20)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return bytes(body)


def assert_nothing_breaks(times: int, seed: int) -> None:
    chance = random.Random(seed)
    for _time in range(times):
        body = mutated(chance)
        with quick(body):
            response = deliver(body)
        assert response.status_code in (200, 400)
    rows = RawMessage.objects.all()
    assert not rows.filter(outcome="").exists()
    assert not rows.filter(reason="poison").exists()


@pytest.mark.usefixtures("there")
def test_mutated_deliveries_break_nothing() -> None:
    assert_nothing_breaks(120, seed=1)


@pytest.mark.drill
@pytest.mark.usefixtures("there")
def test_ten_thousand_mutated_deliveries_break_nothing() -> None:
    assert_nothing_breaks(200, seed=3)
    with flat():
        assert_nothing_breaks(10_000, seed=2)


def test_signature_is_the_published_one() -> None:
    """RFC 2104 over the raw body, as hex behind the name of the hash."""
    assert discourse.signature(b"what do ya want for nothing?", "Jefe") == (
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
