"""What drills break: a mail server, a broker, workers, in processes of their own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from config.paths import BASE_DIR


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], Any], seconds: float = 60) -> None:
    """Look again until it is so; fails when it is not within ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.2)
    pytest.fail(f"not within {seconds} s")


class MailServer:
    """A real SMTP server that can hold its breath between DATA and 250."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[Message] = []
        self.busy = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        import asyncio

        self.busy.set()
        while not self.go_on.is_set():
            await asyncio.sleep(0.05)
        self.taken.append(message_from_bytes(envelope.content))
        return "250 OK"

    def message_ids(self) -> set[str]:
        return {str(mail["Message-ID"]) for mail in self.taken}


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server._controller.start()
    yield server
    server.go_on.set()
    server._controller.stop()


class Redis:
    """A broker of our own that may be killed."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]  # noqa: RUF005
            + ["--save", "", "--appendonly", "no", "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )
        wait_until(self._answers, 10)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    server = Redis(tmp_path)
    server.start()
    yield server
    server.kill()


def database_url() -> str:
    """The database of this run as its child processes reach it."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    name, user = settings["NAME"], settings["USER"] or "postgres"
    password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    host = settings["HOST"] or "127.0.0.1"
    return f"postgres://{user}{password}@{host}:{settings['PORT'] or 5432}/{name}"


def child_environment(**more: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
        "DATABASE_URL": database_url(),
        **more,
    }


class Worker:
    """A Celery worker and a Beat beside it, as groups that can be killed."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment, self.folder = environment, folder
        self.process: subprocess.Popen[bytes] | None = None
        self.beat: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        quiet = ["--without-mingle", "--without-gossip", "-l", "WARNING"]
        schedule = ["-s", str(self.folder / "beat"), "-l", "WARNING"]
        self.process = self._celery("worker", "-c", "1", "-P", "prefork", *quiet)
        self.beat = self._celery("beat", *schedule)

    def _celery(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", *arguments],
            cwd=BASE_DIR,
            env=self.environment,
            start_new_session=True,
        )

    @property
    def children(self) -> list[int]:
        """The pool's processes below the worker."""
        if self.process is None:
            return []
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def kill_pool(self) -> None:
        for pid in self.children:
            os.kill(pid, signal.SIGKILL)

    def kill(self) -> None:
        for process in (self.process, self.beat):
            if process and process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture
def worker_of(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """``worker_of(mail_server, redis)`` starts a worker; all are killed at the end."""
    started: list[Worker] = []

    def start(mail_server: MailServer, redis: Redis) -> Worker:
        environment = child_environment(
            DRILL_SMTP_PORT=str(mail_server.port), DRILL_BROKER=redis.url
        )
        worker = Worker(environment, tmp_path)
        worker.start()
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()
