"""How many sockets each may have open; one too many is told so, and costs nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from complaints.channels.chat import crowd, seats, sockets, speaker, talk
from complaints.channels.chat.models import Author, Conversation
from tests.complaints.channels.chat.talks import a_talk, client_of
from tests.complaints.channels.chat.test_sockets import cookie_of
from tests.complaints.channels.chat.wire import CUSTOMER, DESK, Wire, opened, run
from tests.people import everybody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nobody_left() -> Any:
    yield
    assert not crowd._OPEN


def test_a_count_ends_where_it_began() -> None:
    assert [crowd.enter("talk 1", 2) for _time in range(3)] == [True, True, False]
    assert crowd.enter("talk 2", 1)
    for name in ("talk 1", "talk 1", "talk 2"):
        crowd.leave(name)
    assert not crowd._OPEN


@pytest.mark.parametrize(
    ("trusted", "forwarded", "remote", "counted"),
    [
        (0, ["203.0.113.9"], "192.0.2.1", "address 192.0.2.1"),
        (1, ["203.0.113.9"], "10.0.0.1", "address 203.0.113.9"),
        (1, ["198.51.100.1", "203.0.113.9"], "10.0.0.1", "address 203.0.113.9"),
        (1, [], "10.0.0.1", "address 10.0.0.1"),
        (0, [], "2001:db8::1:2:3:4", "address 2001:db8::"),
        (0, [], "", "address "),
    ],
)
def test_whose_address_counts(
    trusted: int, forwarded: list[str], remote: str, counted: str, settings: Any
) -> None:
    """Two header lines are one list, as the pages read it."""
    settings.TRUSTED_PROXY_COUNT, settings.CHAT_SOCKETS_AN_ADDRESS = trusted, 7
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    client = (remote, 1) if remote else None
    scope = {"headers": headers, "client": client}
    assert crowd.of_address(scope) == (counted, 7)


# A conversation, an agent -------------------------------------------------------------


async def _fill(path: str, most: int, cookie: str = "", **hello: Any) -> None:
    """``most`` hear, the next one is told, and once one has left there is room."""
    async with AsyncExitStack() as stack:
        wires = [
            await stack.enter_async_context(opened(path, cookie, **hello))
            for _number in range(most)
        ]
        await asyncio.sleep(0.1)
        async with opened(path, cookie, **hello) as late:
            assert await late.ended() == sockets.TOO_MANY
        await wires[0].leave()
        async with opened(path, cookie, **hello) as next_one:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await next_one.ended()


def test_a_customer_has_so_many_in_a_conversation(settings: Any) -> None:
    settings.CHAT_SOCKETS_A_TALK = 3
    token = speaker.token_of(a_talk("Hello", embedded=True))
    other = speaker.token_of(a_talk("Hello", embedded=True))

    async def scene() -> None:
        async with opened(CUSTOMER, token=other) as mine:
            await _fill(CUSTOMER, 3, token=token)
            await mine.heard("Hello")

    run(scene)


def test_an_agent_has_so_many_over_all(settings: Any) -> None:
    settings.CHAT_SOCKETS_AN_AGENT = 2
    people = everybody()
    cookie = cookie_of(client_of(people.support))
    lead = cookie_of(client_of(people.support_lead))

    async def scene() -> None:
        async with opened(DESK, lead, conversation=0):
            await _fill(DESK, 2, cookie, conversation=0)

    run(scene)


def test_the_agents_do_not_use_up_the_customers_room(settings: Any) -> None:
    settings.CHAT_SOCKETS_A_TALK = 1
    made = a_talk("Hello", embedded=True)
    cookie = cookie_of(client_of(everybody().support))

    async def scene() -> None:
        async with AsyncExitStack() as stack:
            for _number in range(3):
                desk = opened(DESK, cookie, conversation=made.pk)
                await (await stack.enter_async_context(desk)).heard("Hello")
            async with opened(CUSTOMER, token=speaker.token_of(made)) as ada:
                await ada.heard("Hello")

    run(scene)


# An address ---------------------------------------------------------------------------


def test_an_address_has_so_many_said_hello_or_not(settings: Any) -> None:
    settings.CHAT_SOCKETS_AN_ADDRESS = 2

    async def scene() -> None:
        async with opened(CUSTOMER), opened(DESK):
            wire = Wire(CUSTOMER)
            assert await wire.connect()
            assert await wire.ended() == sockets.TOO_MANY
            await wire.leave()
        async with opened(CUSTOMER) as again:
            await again.send("{")
            assert await again.ended() == sockets.MALFORMED

    run(scene)


def test_what_is_on_its_way_after_the_end_is_not_heard(settings: Any) -> None:
    settings.CHAT_SOCKETS_AN_ADDRESS = 1
    made = a_talk("Hello", embedded=True)

    async def scene() -> None:
        async with opened(CUSTOMER), opened(CUSTOMER) as late:
            assert await late.ended() == sockets.TOO_MANY
            await late.send(type="hello", token=speaker.token_of(made))
            await late.say("Hi", "1")
            await asyncio.sleep(0.1)
            assert set(crowd._OPEN) == {"address "}

    run(scene)
    assert made.lines.count() == 1


# Failures -----------------------------------------------------------------------------


def _breaks(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """The database fails from the second look on, as long as the list is not empty."""
    failing: list[bool] = []
    look = seats.CustomerSeat.look

    def fails(seat: Any, after: int, *, present: bool = False) -> Any:
        if failing:
            raise OperationalError("gone")
        return look(seat, after, present=present)

    monkeypatch.setattr(seats.CustomerSeat, "look", fails)
    return failing


def _clocks() -> int:
    """Sockets that look from time to time."""
    return sum("TalkSocket._tick" in repr(task) for task in asyncio.all_tasks())


def test_a_socket_that_fails_ends_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = _breaks(monkeypatch)
    made = a_talk("Hello", embedded=True)

    async def scene() -> None:
        wire = Wire(CUSTOMER)
        await wire.connect()
        await wire.send(type="hello", token=speaker.token_of(made))
        await wire.heard("Hello")
        assert _clocks() == 1
        failing.append(True)
        await wire.say("Hi", "1")
        with pytest.raises(OperationalError):
            await wire.line.wait(timeout=5)
        await asyncio.sleep(0.05)
        assert _clocks() == 0

    run(scene)


def test_a_look_that_fails_is_followed_by_another(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.CHAT_BEAT_SECONDS = 0.05
    failing = _breaks(monkeypatch)
    made = a_talk("Hello", embedded=True)

    async def scene() -> None:
        async with opened(CUSTOMER, token=speaker.token_of(made)) as wire:
            await wire.heard("Hello")
            failing.append(True)
            await asyncio.sleep(0.3)
            failing.clear()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("complaints.channels.chat.ring.ring", lambda *_a, **_k: 0)
                await asyncio.to_thread(_says, made)
            await wire.heard("Are you there?")

    run(scene)


def _says(made: Conversation) -> None:
    from django.db import connection

    try:
        talk.say(made, "Are you there?", author=Author.CUSTOMER)
    finally:
        connection.close()


# Over the network ---------------------------------------------------------------------


def _open(server: str, path: str) -> connect:
    return connect(f"{server.replace('http', 'ws')}{path}", origin=Origin(server))


@asynccontextmanager
async def _line(server: str, token: str) -> AsyncIterator[ClientConnection]:
    async with _open(server, CUSTOMER) as line:
        with suppress(ConnectionClosed):  # it may be told at once
            await line.send(json.dumps({"type": "hello", "token": token}))
        yield line


async def _end_of(line: ClientConnection) -> tuple[int, str]:
    await asyncio.wait_for(line.wait_closed(), 5)
    return line.close_code or 0, line.close_reason or ""


async def _are_open(count: int) -> None:
    """The server counts so many: it notices whoever leaves a little later."""
    async with asyncio.timeout(10):
        while _of_addresses() != count:
            await asyncio.sleep(0.02)


def _of_addresses() -> int:
    counts = dict(crowd._OPEN)
    return sum(counts[whose] for whose in counts if whose.startswith("address"))


def test_real_sockets_are_counted_and_freed(server: str, settings: Any) -> None:
    settings.CHAT_SOCKETS_A_TALK, settings.CHAT_SOCKETS_AN_ADDRESS = 3, 5
    token = speaker.token_of(a_talk("Hello", embedded=True))

    async def scene() -> None:
        async with AsyncExitStack() as stack:
            for _number in range(3):
                line = await stack.enter_async_context(_line(server, token))
                assert "Hello" in str(await asyncio.wait_for(line.recv(), 5))
            async with _line(server, token) as late:
                end = (sockets.TOO_MANY, "Too many sockets are open.")
                assert await _end_of(late) == end
            await _are_open(3)
            for _number in range(2):  # these say nothing
                await stack.enter_async_context(_open(server, DESK))
            async with _line(server, token) as crowded:
                assert await _end_of(crowded) == end
        await _are_open(0)
        async with _line(server, token) as again:
            assert "Hello" in str(await asyncio.wait_for(again.recv(), 5))
        await _are_open(0)

    async_to_sync(scene)()
