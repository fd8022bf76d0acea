"""Messages of the documented shapes, and thousands that are nearly so."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from complaints.channels.known import way_of
from complaints.models import RawMessage
from tests.complaints.channels.bounds import flat, quick
from tests.complaints.channels.social.platform import Platform

HERE = Path(__file__).parent.parent
OUTCOMES = {"opened", "appended", "held", "dropped"}

EXPECTED = {
    "x/mention_extended": ("held", "public_post"),
    "x/reply": ("held", "public_post"),
    "x/repost": ("dropped", "repost"),
    "x/direct_message": ("opened", ""),
    "x/post_deleted": ("dropped", "deleted_there"),
    "x/not_messages": None,
    "facebook/message": ("opened", ""),
    "facebook/message_with_picture": ("opened", ""),
    "facebook/message_edited": ("opened", ""),
    "facebook/echo": ("dropped", "loop"),
    "facebook/comment": ("held", "public_post"),
    "facebook/visitor_post": ("held", "public_post"),
    "facebook/mention": ("held", "public_post"),
    "facebook/comment_removed": ("dropped", "deleted_there"),
    "facebook/not_messages": None,
}


def recorded(name: str) -> dict[str, Any]:
    folder, _slash, file = name.partition("/")
    text = (HERE / folder / "recorded" / f"{file}.json").read_text()
    found: dict[str, Any] = json.loads(text)
    return found


def names(platform: Platform) -> list[str]:
    return [name for name in EXPECTED if name.startswith(platform.name)]


def test_every_recorded_message_has_its_outcome(platform: Platform) -> None:
    got = {}
    for name in names(platform):
        RawMessage.objects.update(sender="somebody else")
        before = RawMessage.objects.count()
        assert platform.deliver(recorded(name)).status_code == 200
        row = RawMessage.objects.order_by("pk").last()
        new = RawMessage.objects.count() > before and row
        got[name] = (row.outcome, row.reason) if new and row else None
        if new and row and row.complaint:
            row.complaint.customer.contacts.update(value=f"gone {row.pk}")

    assert got == {name: EXPECTED[name] for name in names(platform)}


def read(name: str, platform: Platform) -> Any:
    row = platform.taken(recorded(name))
    return way_of(platform.name).parse(bytes(row.raw), row.account), row


def test_long_mention_is_read_whole_with_its_picture(on_x: Platform) -> None:
    inbound, row = read("x/mention_extended", on_x)

    assert inbound.text.endswith("about it. https://t.co/pic")
    assert inbound.sender.handle == "3001969357"
    assert inbound.sender.name == "Jordan Brinks"
    assert (
        row.verdicts["link"] == "https://x.com/furiouscamper/status/1992333444555666777"
    )
    (snapshot,) = inbound.attachments
    assert b"media: https://pbs.twimg.com/media/DHlX_screen.jpg" in snapshot.content
    assert inbound.sent_at.isoformat() == "2026-11-22T20:15:30.123000+00:00"


def test_time_without_milliseconds_is_read_from_the_date(on_x: Platform) -> None:
    inbound, _row = read("x/reply", on_x)
    assert inbound.sent_at.isoformat() == "2026-11-22T20:16:00+00:00"
    assert inbound.language == "zh-hans"


def test_picture_of_a_message_is_named_before_it_is_fetched(on_x: Platform) -> None:
    inbound, row = read("x/direct_message", on_x)
    (note,) = inbound.attachments
    assert note.name == "message.txt"
    assert b"https://ton.twitter.com/1.1/ton/data/dm/9544/x.jpg" in note.content
    assert row.outcome == "opened"


def test_comment_leads_to_where_it_stands(on_facebook: Platform) -> None:
    inbound, row = read("facebook/comment", on_facebook)
    assert inbound.text == "Where is my money?"
    assert row.external_id == "post:44444444_55555555"
    assert row.verdicts["link"].startswith("https://www.facebook.com/permalink.php?")


def test_edited_comment_is_held_beside_the_first(on_facebook: Platform) -> None:
    first = recorded("facebook/comment")
    second = copy.deepcopy(first)
    second["entry"][0]["time"] += 60
    second["entry"][0]["changes"][0]["value"] |= {"verb": "edited", "message": "?"}
    raws = [on_facebook.taken(body) for body in (first, second)]

    assert [r.reason for r in raws] == ["public_post", "public_post"]
    assert raws[0].pk != raws[1].pk


# Nearly so ----------------------------------------------------------------------------

ODD = (
    None,
    True,
    -1,
    0,
    1.5,
    10**30,
    "",
    "\x00\ud800\u202e",
    "9" * 200,
    [],
    {},
    [[]],
    {"id": {"id": []}},
    "a" * 5_000,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from _places(value[key], (*path, key))
    if isinstance(value, list):
        for number, row in enumerate(value):
            yield from _places(row, (*path, number))


def mutated(chance: random.Random, platform: Platform) -> bytes:
    """A recorded delivery with something else in one or more of its places, or with
    bytes changed."""
    body = recorded(chance.choice(names(platform)))
    for _n in range(chance.randint(1, 3)):
        path = chance.choice(list(_places(body)) or [()])
        if not path:
            break
        holder = body
        for key in path[:-1]:
            holder = holder[key]
        if chance.random() < 0.2 and isinstance(holder, dict):
            del holder[path[-1]]
        else:
            holder[path[-1]] = copy.deepcopy(chance.choice(ODD))
    raw = bytearray(json.dumps(body).encode())
    if chance.random() < 0.2:
        for _n in range(chance.randint(1, 4)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


def sweep(platform: Platform, times: int, seed: int) -> None:
    """Signed as they should be: 200, or 4xx with a code; every row is decided."""
    chance = random.Random(seed)
    for _n in range(times):
        raw = mutated(chance, platform)
        with quick(raw):
            response = platform.deliver(raw)
        assert response.status_code in (200, 400, 403), raw
        if response.status_code != 200:
            assert response.json()["code"] in ("malformed", "bad_signature")
    assert set(RawMessage.objects.values_list("outcome", flat=True)) <= OUTCOMES


def test_mutated_deliveries_break_nothing(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    sweep(platform, 60, seed=1)
    assert [r.message for r in caplog.records if r.exc_info] == []


@pytest.mark.drill
def test_ten_thousand_mutated_deliveries_break_nothing(platform: Platform) -> None:
    sweep(platform, 200, seed=3)  # what is loaded once is no growth
    with flat():
        sweep(platform, 10_000, seed=2)


@pytest.mark.parametrize("value", [None, 1, "x", [], [{}], True])
def test_item_of_another_shape_waits_for_a_person(
    platform: Platform, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    body = platform.post("Hello")
    if platform.name == "x":
        body["tweet_create_events"] = [value]
    else:
        entry = {"messaging": [{"message": {"mid": "m_1"}, "sender": value}]}
        body["entry"][0] = {"id": body["entry"][0]["id"], **entry}
    assert platform.deliver(body).status_code == 200

    row = RawMessage.objects.order_by("pk").first()
    assert row is not None
    assert (row.outcome, row.reason) in (("held", "unreadable"), ("held", "no_sender"))
    assert [r.message for r in caplog.records if r.exc_info] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"for_user_id": 1e400}',
        b'{"object": "page", "entry": {}}',
        b'{"object": "page", "entry": []}',
    ],
)
def test_no_delivery_is_said_so(platform: Platform, body: bytes) -> None:
    response = platform.deliver(body)
    assert (response.status_code, response.json()) == (400, {"code": "malformed"})
    assert not RawMessage.objects.exists()


def test_too_large_a_delivery_is_said_so(platform: Platform) -> None:
    response = platform.deliver(b"x" * 1_000_001)
    assert (response.status_code, response.json()) == (413, {"code": "too_large"})
