"""How soon the other side reads it: ``python -m benchmarks.chat``.

One web process holds all sockets: half of them customers, half an agent at each
conversation. Both sides write in turn; timed is from sending a message to the frame in
which the other side is told of it, with the message stored in between. Once on SQLite
as ``make run`` has it, once on PostgreSQL and Redis where they can be had.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import psycopg
from websockets.asyncio.client import ClientConnection, connect

from config import processes
from tests.run import PRODUCTION
from tests.services import Services, free_port

HOST = "recourse.example"
BAR = 150.0  # ms, of the 95th of a hundred


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rate", type=float, default=20, help="messages a second")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner:
        return _measure(options)
    print(f"{'':20}{'sockets':>9}{'messages':>10}{'p50 ms':>8}{'p95 ms':>8}{'max':>8}")
    services = Services()
    try:
        codes = [_again("SQLite", "", "")]
        if services.database_url and services.redis_url:
            with _database(services.database_url) as url:
                codes.append(_again("PostgreSQL, Redis", url, services.redis_url))
    finally:
        services.close()
    return max(codes)


@contextmanager
def _database(url: str) -> Iterator[str]:
    name = url.rsplit("/", 1)[1].partition("?")[0]
    server = url.replace(f"/{name}", "/postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
        try:
            yield url.partition("?")[0]
        finally:
            connection.execute(f'drop database "{name}" with (force)')


def _again(name: str, database: str, redis: str) -> int:
    """The measurement in a process of its own, whose settings are read once."""
    with tempfile.TemporaryDirectory(prefix="recourse-bench-") as folder:
        where = database or f"sqlite:///{folder}/chat.sqlite3"
        environment = (
            os.environ
            | PRODUCTION
            | {
                "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
                "ALLOWED_HOSTS": HOST,
                "DATABASE_URL": where,
                "REDIS_URL": redis,
                "VAR_DIR": folder,
                "LOG_LEVEL": "ERROR",
                "BENCH_NAME": name,
                # All of them come from here.
                "CHAT_SOCKETS_AN_ADDRESS": "10000",
                "CHAT_SOCKETS_AN_AGENT": "10000",
            }
        )
        command = [sys.executable, "-m", "benchmarks.chat", "--inner", *sys.argv[1:]]
        return subprocess.run(command, env=environment, check=False).returncode


# In that process ----------------------------------------------------------------------


def _measure(options: argparse.Namespace) -> int:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    cookie, pairs = _fill(options.sockets // 2)
    port = free_port()
    serve = ("uvicorn", "config.asgi:application", "--port", str(port))
    quiet = ("--lifespan", "off", "--log-level", "error")
    web = processes.start([sys.executable, "-m", *serve, *quiet])
    try:
        took = asyncio.run(_talk(port, cookie, pairs, options))
    finally:
        processes.end([web])
    p95 = statistics.quantiles(took, n=20)[-1]
    print(
        f"{os.environ['BENCH_NAME']:20}{options.sockets:>9}{len(took):>10}"
        f"{statistics.median(took):>8.0f}{p95:>8.0f}{max(took):>8.0f}"
    )
    return 0 if p95 < BAR else 1


def _fill(count: int) -> tuple[str, list[tuple[int, str]]]:
    """An agent's cookie, and conversations of theirs with the customers' tokens."""
    from django.conf import settings
    from django.contrib.auth import login
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest

    from complaints.channels.chat import speaker, talk
    from complaints.channels.chat.models import Conversation, Status
    from teams.models import Team, User
    from teams.services import add_member
    from teams.system import system_actor

    agent = User.objects.create(username="agent", kind="staff", is_staff=True)
    team = Team.objects.get(code="support")
    add_member(user=agent, team=team, role="member", actor=system_actor())
    request = HttpRequest()
    request.session = SessionStore()
    login(request, agent, "django.contrib.auth.backends.ModelBackend")
    request.session.save()
    start = talk.Start(language="en", embedded=True)
    made = [talk.begin(start) for _number in range(count)]
    Conversation.objects.update(status=Status.ACTIVE, agent=agent)
    cookie = f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"
    return cookie, [(one.pk, speaker.token_of(one)) for one in made]


async def _talk(
    port: int, cookie: str, pairs: list[tuple[int, str]], options: argparse.Namespace
) -> list[float]:
    """Milliseconds of each message, once all sockets are open."""
    base = f"ws://127.0.0.1:{port}/ws"
    sides: list[tuple[ClientConnection, ClientConnection]] = []
    for pk, token in pairs:
        customer = await _open(f"{base}/chat/", "", token=token)
        agent = await _open(f"{base}/desk/", cookie, conversation=pk)
        sides.append((customer, agent))
    heard: dict[str, asyncio.Future[float]] = {}
    readers = [
        asyncio.create_task(_read(socket, heard)) for pair in sides for socket in pair
    ]
    total = int(options.seconds * options.rate)
    sends = []
    for number in range(total):
        pair = sides[number % len(sides)]
        turn = number // len(sides) % 2
        sends.append(asyncio.create_task(_say(pair[turn], f"no-{number}-x", heard)))
        await asyncio.sleep(1 / options.rate)
    took = await asyncio.gather(*sends)
    for reader in readers:
        reader.cancel()
    return took[len(took) // 10 :]  # the first ones warm it up


async def _open(url: str, cookie: str, **hello: Any) -> ClientConnection:
    headers = {"Host": HOST, "Cookie": cookie}
    for _try in range(100):
        try:
            socket = await connect(
                url,
                origin=f"http://{HOST}",
                additional_headers=headers,  # type: ignore[arg-type]
            )
            break
        except OSError:
            await asyncio.sleep(0.2)
    await socket.send(json.dumps({"type": "hello", **hello}))
    await socket.recv()
    return socket


async def _say(
    socket: ClientConnection, text: str, heard: dict[str, asyncio.Future[float]]
) -> float:
    heard[text] = asyncio.get_running_loop().create_future()
    begun = perf_counter()
    await socket.send(json.dumps({"type": "say", "text": text, "key": text}))
    return (await asyncio.wait_for(heard[text], 20) - begun) * 1000


async def _read(
    socket: ClientConnection, heard: dict[str, asyncio.Future[float]]
) -> None:
    """Note when the other side's words come; one's own stand at the other edge."""
    async for frame in socket:
        now = perf_counter()
        html = json.loads(frame).get("html", "")
        for line in html.split("<li ")[1:]:
            words = line.partition("<p>no-")[2].partition("</p>")[0]
            future = heard.get(f"no-{words}")
            if future and not future.done() and "said theirs" in line:
                future.set_result(now)


if __name__ == "__main__":
    sys.exit(main())
