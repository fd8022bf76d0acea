"""Sockets: a doorbell with a mouth. All they tell is read from the rows.

A client says ``hello`` first, with its token, its language and the last line it has;
nothing of that stands in an address. Then it gets ``news``, and may ``say`` and tell
that it is ``typing``. Each frame, each piece of news and every few seconds ask anew
whether it still may.
"""

import asyncio
import json
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.utils.translation import override

from complaints.channels.chat import crowd
from complaints.channels.chat.models import Status
from complaints.channels.chat.seats import AgentSeat, CustomerSeat, Seat, Shut
from complaints.errors import RecourseError

FRAME_LIMIT = 20_000
"""Characters of one frame: 4,000 of text, whatever they are escaped to."""

FRAMES = 120
WINDOW = 10.0
"""At most so many frames in so many seconds, of whatever kind."""

QUEUE_SECONDS = 2.0
HELLO_SECONDS = 10.0
MALFORMED, NOBODY, REFUSED, LATE, TOO_LARGE, TOO_FAST, TOO_MANY = (
    4400,
    4401,
    4403,
    4408,
    4413,
    4429,
    4503,
)
"""Codes with which we close, after the numbers of HTTP."""


class Hangup(Exception):
    """The socket ends; ``code`` says why."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


class TalkSocket(AsyncWebsocketConsumer, ABC):  # type: ignore[misc]
    """What the sockets of customers and of agents have in common."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seat: Seat | None = None
        self.greeted = asyncio.Event()
        self.over = False
        self.last = 0
        self.state: Any = None
        self.joined: list[str] = []
        self.counted: list[str] = []
        self.clock: asyncio.Task[None] | None = None
        self.soon: asyncio.Task[None] | None = None
        self.looking = asyncio.Lock()
        self.frames: list[float] = []

    @abstractmethod
    def make_seat(self, frame: dict[str, Any]) -> Seat:
        """Who sits here, by the first frame; ``Shut`` where nobody lets them in."""

    @property
    def cookie(self) -> str:
        cookies: dict[str, str] = self.scope.get("cookies", {})
        return cookies.get(settings.SESSION_COOKIE_NAME, "")

    # Coming and going

    async def __call__(self, *wire: Any) -> None:
        """However it ends, by the client, by us or by a failure, it ends whole."""
        try:
            await super().__call__(*wire)
        finally:
            await self._end()

    async def connect(self) -> None:
        """Taken before it is told that it is one too many: of a line that was never
        taken a browser learns nothing."""
        await self.accept()
        if self._is_counted(*crowd.of_address(self.scope)):
            self.clock = asyncio.create_task(self._tick())
        else:
            await self.close(TOO_MANY)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        self.over = True
        why = "Too many sockets are open." if code == TOO_MANY else reason
        await super().close(code, why)

    def _is_counted(self, whose: str, most: int) -> bool:
        entered = crowd.enter(whose, most)
        if entered:
            self.counted.append(whose)
        return entered

    async def _end(self) -> None:
        while self.counted:
            crowd.leave(self.counted.pop())
        for task in (self.clock, self.soon):
            if task is not None:
                task.cancel()
        for group in self.joined:
            with suppress(Exception):  # it leaves with or without the layer
                await self.channel_layer.group_discard(group, self.channel_name)

    async def _tick(self) -> None:
        """Once greeted, look from time to time, whether or not anybody rang."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                await self.greeted.wait()
        except TimeoutError:
            await self.close(LATE)
            return
        while True:
            # Those that were opened together must not look together.
            share = 0.5 + secrets.randbelow(1000) / 1000
            await asyncio.sleep(settings.CHAT_BEAT_SECONDS * share)
            with suppress(DatabaseError):  # the next look may find it again
                await self._look(present=True)

    # What a client says

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if self.over:  # what was on its way while we closed
            return
        try:
            frame = self._frame(text_data)
            await self._do(frame)
        except Hangup as reason:
            await self.close(reason.code)
        except Shut:
            await self.close(REFUSED)

    def _frame(self, text: str | None) -> dict[str, Any]:
        now = asyncio.get_running_loop().time()
        self.frames = [at for at in self.frames if at > now - WINDOW] + [now]
        if len(self.frames) > FRAMES:
            raise Hangup(TOO_FAST)
        if text is None or len(text) > FRAME_LIMIT:
            raise Hangup(TOO_LARGE)
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            raise Hangup(MALFORMED) from None
        if not isinstance(frame, dict):
            raise Hangup(MALFORMED)
        return frame

    async def _do(self, frame: dict[str, Any]) -> None:
        kind = frame.get("type")
        if kind == "hello" and self.seat is None:
            await self._greet(frame)
        elif self.seat is None:
            raise Hangup(NOBODY)
        elif kind == "say":
            await self._say(_text(frame, "text"), _text(frame, "key"))
        elif kind == "typing":
            await _sync(self.seat.typing)
        else:
            raise Hangup(MALFORMED)

    async def _greet(self, frame: dict[str, Any]) -> None:
        seat = self.make_seat(frame)
        place = await _sync(seat.place)
        if not self._is_counted(*place.counted):
            raise Hangup(TOO_MANY)
        self.last = _number(frame, "after")
        for group in place.groups:
            await self._join(group)
        self.seat = seat
        self.greeted.set()
        await self._look(present=True)

    async def _join(self, group: str) -> None:
        """Without the layer the socket finds out by looking."""
        with suppress(Exception):
            await self.channel_layer.group_add(group, self.channel_name)
            self.joined.append(group)

    async def _say(self, text: str, key: str) -> None:
        """Keep it, say that it is kept, and show it where it stands now."""
        async with self.looking:
            try:
                news = await _sync(self._said, text, key)
            except RecourseError as error:
                with override(self.seat.language if self.seat else "en"):
                    words = str(error.words)
                await self._send(type="refused", key=key, code=error.code, words=words)
                return
            await self._send(type="said", key=key)
            await self._tell(news, quiet=False)

    def _said(self, text: str, key: str) -> dict[str, Any]:
        if self.seat is None:
            raise Shut
        self.seat.say(text, key)
        return self.seat.look(self.last)

    # What a client is told

    async def chat_news(self, event: dict[str, Any]) -> None:
        if not 0 < event.get("upto", 0) <= self.last:
            await self._look()

    async def chat_queue(self, event: dict[str, Any]) -> None:
        """The queue moved: of interest to who waits, and not all at one moment."""
        waits = bool(self.state) and self.state.get("status") == Status.WAITING
        if waits and (self.soon is None or self.soon.done()):
            self.soon = asyncio.create_task(self._look_soon())

    async def _look_soon(self) -> None:
        await asyncio.sleep(secrets.randbelow(1000) / 1000 * QUEUE_SECONDS)
        await self._look()

    async def _look(self, *, present: bool = False) -> None:
        """Tell what is new, unless nothing is; end where the right is gone."""
        if self.seat is None or self.over:
            return
        async with self.looking:
            try:
                news = await _sync(self.seat.look, self.last, present=present)
            except Shut:
                await self.close(REFUSED)
                return
            await self._tell(news, quiet=present)

    async def _tell(self, news: dict[str, Any], *, quiet: bool) -> None:
        fresh = news.get("html") or news.get("state") != self.state
        if not fresh and (quiet or news["type"] != "desk"):
            return
        self.last = news.get("last", self.last)
        self.state = news.get("state")
        await self._send(**news)

    async def _send(self, **frame: Any) -> None:
        with suppress(RuntimeError):  # the client left meanwhile
            await self.send(text_data=json.dumps(frame, ensure_ascii=False))


class CustomerSocket(TalkSocket):
    """``/ws/chat/``: by session, or by the token that the widget says hello with."""

    def make_seat(self, frame: dict[str, Any]) -> Seat:
        token, language = _text(frame, "token"), _text(frame, "language")
        return CustomerSeat("" if token else self.cookie, token, language)


class AgentSocket(TalkSocket):
    """``/ws/desk/``: an agent at one conversation, or at the lists."""

    def make_seat(self, frame: dict[str, Any]) -> Seat:
        pk = _number(frame, "conversation")
        return AgentSeat(self.cookie, pk, _text(frame, "language"))


def _text(frame: dict[str, Any], name: str) -> str:
    """A text of the frame; lone surrogates become something that can be stored."""
    value = frame.get(name, "")
    if not isinstance(value, str):
        raise Hangup(MALFORMED)
    return value.encode("utf-8", "replace").decode()


def _number(frame: dict[str, Any], name: str) -> int:
    value = frame.get(name, 0)
    if not isinstance(value, int) or not 0 <= value < 2**63:
        raise Hangup(MALFORMED)
    return value


async def _sync(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call into the database from the one thread that all sockets share.

    Its connection stays open: to make one anew for each frame cost more than the
    frame. One that broke is thrown away.
    """
    return await sync_to_async(_kept)(function, *args, **kwargs)


def _kept(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return function(*args, **kwargs)
    except (InterfaceError, OperationalError):
        connections.close_all()
        raise
