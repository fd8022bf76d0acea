"""Sockets: who may open one, what comes through it, and when it ends."""

import asyncio
import json
import random
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from complaints.channels.chat import desk, presence, sockets, speaker, talk
from complaints.channels.chat.models import Author, Conversation
from complaints.channels.chat.routing import is_own
from teams.models import User
from teams.services import remove_member
from tests.complaints.channels.bounds import MOST_GROWTH, SLOWEST, memory
from tests.complaints.channels.chat.talks import a_talk, client_of, on_duty, taken
from tests.complaints.channels.chat.wire import CUSTOMER, DESK, Wire, opened, run
from tests.people import everybody

pytestmark = pytest.mark.django_db(transaction=True)


def cookie_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def guest_at(conversation: Conversation) -> Client:
    """The browser whose session has that conversation."""
    client = Client()
    session = client.session
    speaker.remember(session, conversation)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client


# Opening ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        (b"http://testserver", True),
        (b"https://testserver", True),
        (b"http://testserver:81", False),
        (b"http://evil.example", False),
        (b"https://testserver.evil.example", False),
        (b"null", False),
        (b"", False),
        (b"http://[", False),
        (b"file://testserver", False),
        (b"\xff", False),
    ],
)
def test_only_pages_of_this_site_open_sockets(origin: bytes, own: bool) -> None:
    assert is_own(origin, b"testserver") is own


def test_a_foreign_host_is_nobody_s() -> None:
    assert not is_own(b"http://evil.example", b"evil.example")


def test_a_trusted_origin_may_too(settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://testserver"]

    assert is_own(b"https://testserver", b"testserver:8000")
    assert not is_own(b"http://testserver", b"testserver:8000")


@pytest.mark.parametrize("path", [CUSTOMER, DESK, "/ws/other/", "/"])
def test_foreign_pages_and_unknown_paths_are_refused(path: str) -> None:
    async def scene() -> None:
        assert not await Wire(path, origin=b"http://evil.example").connect()
        assert path in (CUSTOMER, DESK) or not await Wire(path).connect()

    run(scene)


@pytest.mark.parametrize("path", [CUSTOMER, DESK])
def test_nobody_is_told_nothing(path: str) -> None:
    a_talk("Secret")

    async def scene() -> None:
        async with opened(path, after=0) as socket:
            assert await socket.ended() == sockets.REFUSED

    run(scene)


@pytest.mark.parametrize(
    "token", ["-", "x" * 5_000, "\ud800", "a:b", "KEY", "KEY:1abc:sig"]
)
def test_tokens_that_are_none(token: str) -> None:
    made = a_talk("Secret", embedded=True)

    async def scene() -> None:
        given = token.replace("KEY", made.key)
        async with opened(CUSTOMER, token=given) as socket:
            assert await socket.ended() == sockets.REFUSED

    run(scene)


@pytest.mark.parametrize("name", ["customer", "outsider", "risk", "security", "admin"])
def test_the_desk_is_for_agents(name: str) -> None:
    made = a_talk("Secret")
    cookie = cookie_of(client_of(getattr(everybody(), name)))

    async def scene() -> None:
        for pk in (0, made.pk):
            async with opened(DESK, cookie, conversation=pk) as socket:
                assert await socket.ended() == sockets.REFUSED

    run(scene)


def test_an_agent_without_second_factor_has_no_desk(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    cookie = cookie_of(client_of(everybody().support))

    async def scene() -> None:
        async with opened(DESK, cookie, conversation=0) as socket:
            assert await socket.ended() == sockets.REFUSED

    run(scene)


# Talking ------------------------------------------------------------------------------


def test_both_hear_each_other_at_once() -> None:
    people = everybody()
    made = taken(people, "Hello", name="Ada")
    guest, agent = guest_at(made), client_of(people.support)

    async def scene() -> None:
        async with (
            opened(CUSTOMER, cookie_of(guest), language="zh-hans") as ada,
            opened(DESK, cookie_of(agent), conversation=made.pk) as mia,
        ):
            assert "Support" in (await ada.heard("Hello"))["html"]
            await mia.heard("Hello")
            await mia.say("Good day", "1")
            assert (await mia.heard("said"))["key"] == "1"
            await ada.heard("Good day")
            await ada.send(type="typing")
            assert (await mia.heard('"typing": true'))["html"] == ""
            await ada.say("<b>你好</b>", "2")
            assert "&lt;b&gt;你好" in (await mia.heard("你好"))["html"]

    run(scene)
    said = [line.text for line in made.lines.exclude(author=Author.SYSTEM)]
    assert said == ["Hello", "Good day", "<b>你好</b>"]


def test_comes_back_to_what_was_missed() -> None:
    made = a_talk("One", embedded=True)
    first = made.lines.get().pk
    talk.say(made, "Two", author=Author.CUSTOMER)

    async def scene() -> None:
        token = speaker.token_of(made)
        async with opened(CUSTOMER, token=token, after=first) as socket:
            html = (await socket.heard("Two"))["html"]
            assert "One" not in html
            assert "/embed/chat/" not in html

    run(scene)


def test_refused_words_come_back() -> None:
    made = a_talk("One", embedded=True)

    async def scene() -> None:
        token = speaker.token_of(made)
        async with opened(CUSTOMER, token=token, after=10**6) as socket:
            await socket.say(" ", "k")
            frame = await socket.heard("refused")
            assert (frame["key"], frame["code"]) == ("k", "invalid")
            await sync_to_async(talk.end)(made)
            await socket.say("x", "k")
            assert (await socket.heard("refused"))["code"] == "illegal_move"

    run(scene)


def test_lists_ring_when_somebody_comes() -> None:
    agent = client_of(everybody().support)

    async def scene() -> None:
        async with opened(DESK, cookie_of(agent), conversation=0) as socket:
            await asyncio.sleep(0.05)
            await sync_to_async(a_talk)("Hello")
            assert await socket.heard("desk") == {"type": "desk"}

    run(scene)


def test_being_there_is_known_while_a_socket_is_open() -> None:
    made = a_talk("Hello", embedded=True)
    presence.gone(presence.CUSTOMER, made.pk)

    async def scene() -> None:
        async with opened(CUSTOMER, token=speaker.token_of(made)) as socket:
            await socket.heard("Hello")
            assert presence.is_here(presence.CUSTOMER, made.pk)

    run(scene)


# Ending -------------------------------------------------------------------------------


def _sign_out(user: User, client: Client) -> None:
    client.logout()


def _dismiss(user: User, client: Client) -> None:
    user.is_active = False
    user.save()


def _new_password(user: User, client: Client) -> None:
    user.set_password("another one")
    user.save()


def _leave_team(user: User, client: Client) -> None:
    team = user.memberships.get().team
    remove_member(user=user, team=team, actor=everybody().admin)


@pytest.mark.parametrize("lose", [_sign_out, _dismiss, _new_password, _leave_team])
def test_an_agent_who_may_no_longer_hears_nothing_more(
    lose: Callable[[User, Client], None],
) -> None:
    people = everybody()
    made = taken(people, "Hello")
    agent = client_of(people.support)
    cookie = cookie_of(agent)

    async def scene() -> None:
        async with opened(DESK, cookie, conversation=made.pk) as socket:
            await socket.heard("Hello")
            await sync_to_async(lose)(people.support, agent)
            await sync_to_async(talk.say)(made, "Secret", author=Author.CUSTOMER)
            assert await socket.ended() == sockets.REFUSED

    run(scene)


def test_after_the_hand_over_the_first_agent_is_out() -> None:
    people = everybody()
    made = taken(people, "Hello")
    on_duty(people.support_lead)
    cookie = cookie_of(client_of(people.support))

    async def scene() -> None:
        async with opened(DESK, cookie, conversation=made.pk) as socket:
            await socket.heard("Hello")
            viewer = await sync_to_async(desk.staff_viewer)(people.support)
            await sync_to_async(desk.hand_over)(made, viewer, people.support_lead)
            assert await socket.ended() == sockets.REFUSED

    run(scene)


def test_a_customer_who_signs_out_is_out() -> None:
    people = everybody()
    made = a_talk("Hello", user=people.customer)
    client = client_of(people.customer)
    cookie = cookie_of(client)

    async def scene() -> None:
        async with opened(CUSTOMER, cookie, after=0) as socket:
            await socket.heard("Hello")
            await sync_to_async(client.logout)()
            await socket.say("Hi", "1")
            assert await socket.ended() == sockets.REFUSED

    run(scene)
    assert made.lines.count() == 1


def test_nobody_rang_yet_it_ends_by_itself(settings: Any) -> None:
    settings.CHAT_BEAT_SECONDS = 0.05
    people = everybody()
    cookie = cookie_of(client_of(people.support))

    async def scene() -> None:
        async with opened(DESK, cookie, conversation=0) as socket:
            await sync_to_async(_dismiss)(people.support, Client())
            assert await socket.ended() == sockets.REFUSED

    run(scene)


def test_without_hello_it_ends() -> None:
    async def scene() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sockets, "HELLO_SECONDS", 0.05)
            async with opened(CUSTOMER) as socket:
                assert await socket.ended() == sockets.LATE

    run(scene)


# Hostile frames -----------------------------------------------------------------------

FRAMES: list[tuple[str, int]] = [
    ("", sockets.MALFORMED),
    ("{", sockets.MALFORMED),
    ("[]", sockets.MALFORMED),
    ("null", sockets.MALFORMED),
    ("[" * 9_000, sockets.MALFORMED),
    ('{"type": "hello", "token": []}', sockets.MALFORMED),
    ('{"type": "hello", "after": "1"}', sockets.REFUSED),
    ('{"type": "hello", "after": -1}', sockets.REFUSED),
    ('{"type": "say", "text": "Hi"}', sockets.NOBODY),
    ('{"type": {}}', sockets.NOBODY),
    ("x" * 20_001, sockets.TOO_LARGE),
]


@pytest.mark.parametrize(("frame", "code"), FRAMES)
def test_frames_before_hello(frame: str, code: int) -> None:
    async def scene() -> None:
        async with opened(CUSTOMER) as socket:
            await socket.send(frame)
            assert await socket.ended() == code

    run(scene)


def test_bytes_are_no_frame() -> None:
    async def scene() -> None:
        async with opened(CUSTOMER) as socket:
            await socket.send(raw=b"\x00")
            assert await socket.ended() == sockets.TOO_LARGE

    run(scene)


def test_too_many_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "FRAMES", 5)
    made = a_talk("Hello", embedded=True)

    async def scene() -> None:
        async with opened(CUSTOMER, token=speaker.token_of(made)) as socket:
            await socket.heard("Hello")
            for _number in range(sockets.FRAMES):
                await socket.send(type="typing")
            assert await socket.ended() == sockets.TOO_FAST

    run(scene)


def _mutated(source: random.Random) -> str:
    """A frame with a few bytes, values or types changed."""
    kinds = ["hello", "say", "typing", "x", None, 1, {}, []]
    values = ["", "x" * 50, "\x00", "\ud800", None, -1, 2**70, 1.5, True, [], {"a": 1}]
    frame = {"type": source.choice(kinds)}
    for name in source.sample(["token", "text", "key", "after", "language"], 3):
        frame[name] = source.choice(values)
    text = list(json.dumps(frame))
    for _change in range(source.choice([0, 0, 1, 3])):
        text[source.randrange(len(text))] = source.choice('{}[]",:\\u0x\x00')
    return "".join(text)


def _throw(count: int) -> None:
    """Each in a socket of its own that has said hello; none may raise."""
    made = a_talk("Hello", embedded=True)
    token, source = speaker.token_of(made), random.Random(7)

    async def scene() -> None:
        for _number in range(count):
            async with opened(CUSTOMER, token=token) as socket:
                await socket.heard("Hello")
                began = monotonic()
                await socket.send(_mutated(source))
                await socket.send(type="hello")
                assert await socket.ended() in range(4400, 4430)
                assert monotonic() - began < SLOWEST

    run(scene)


def test_mutated_frames_end_a_socket_and_nothing_else() -> None:
    _throw(60)


@pytest.mark.drill
def test_ten_thousand_mutated_frames() -> None:
    _throw(200)  # what is loaded once is no growth
    before = memory()
    _throw(10_000)
    assert memory() - before < MOST_GROWTH
