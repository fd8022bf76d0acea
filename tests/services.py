"""PostgreSQL, Redis, Dovecot, Chromium, what draws PDFs: found, started, installed.

In this order: what the environment names, what answers on localhost, a private one
from installed programs, and on Debian as root one that is installed first.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis

from complaints import letter_system
from config import processes
from config.processes import Child

# The first draws no windows: a new visitor costs it a fifth of what others need.
CHROMIUM = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)
LOCAL = (
    "postgres:///postgres",
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres://root@127.0.0.1:5432/postgres",
)
START_SECONDS = 30.0


class Services:
    """What could be had; ends on ``close`` what it started itself.

    ``drills`` asks for what they alone need.
    """

    def __init__(self, *, drills: bool = False) -> None:
        self.children: list[Child] = []
        self.folders: list[str] = []
        self.missing: list[str] = []
        self.database_url = self._one("PostgreSQL", self._postgres, "postgresql")
        self.redis_url = self._one("Redis", self._redis, "redis-server")
        self.chromium = self._one("Chromium", find_chromium, CHROMIUM[0])
        self._one("Dovecot", find_dovecot, "dovecot-imapd")
        self._one("Poppler", lambda: shutil.which("pdftotext") or "", "poppler-utils")
        if drills:
            self._one("LibreOffice", find_libreoffice, "libreoffice-calc")
        self._have_what_draws_letters()

    def _one(self, name: str, find: Callable[[], str], package: str) -> str:
        """The service's address; tried again after an installation; "" if not had."""
        found = find() or (install(package) and find()) or ""
        if not found:
            self.missing.append(name)
        return found

    def _have_what_draws_letters(self) -> None:
        """Without it, tests of PDFs are skipped one by one; that is said here."""
        for package in letter_system.missing():
            install(package)
        letter_system.missing.cache_clear()
        self.missing += letter_system.missing()

    def _postgres(self) -> str:
        named = os.environ.get("DATABASE_URL", "")
        candidates = [named] if named.startswith("postgres") else []
        for url in (*candidates, *LOCAL):
            if may_create_databases(url):
                return own_database(url)
        return self._private_postgres()

    def _private_postgres(self) -> str:
        initdb = find_initdb()
        if initdb is None:
            return ""
        folder, port, owner = self._folder(), free_port(), unprivileged()
        if owner:
            shutil.chown(folder, owner)
        data = f"{folder}/data"
        subprocess.run(
            [initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"],
            check=True,
            user=owner,
            cwd=folder,
            capture_output=True,
        )
        server = [str(initdb.with_name("postgres")), "-D", data, "-p", str(port)]
        for option in (
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={folder}",
            "fsync=off",
            "full_page_writes=off",
        ):
            server += ["-c", option]
        self._start(server, folder, owner)
        url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        return own_database(url) if wait(lambda: may_create_databases(url)) else ""

    def _redis(self) -> str:
        named = os.environ.get("REDIS_URL", "")
        for url in [named] * bool(named) + ["redis://127.0.0.1:6379/15"]:
            if redis_answers(url):
                return url
        return self._private_redis()

    def _private_redis(self) -> str:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if not program:
            return ""
        folder, port = self._folder(), free_port()
        server = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        self._start([*server, "--dir", folder], folder, None)
        url = f"redis://127.0.0.1:{port}/0"
        return url if wait(lambda: redis_answers(url)) else ""

    def _folder(self) -> str:
        self.folders.append(tempfile.mkdtemp(prefix="recourse-service-"))
        return self.folders[-1]

    def _start(self, command: list[str], folder: str, user: str | None) -> None:
        with Path(folder, "log").open("wb") as log:
            self.children.append(
                processes.start(
                    command, cwd=Path(folder), user=user, stdout=log, stderr=log
                )
            )

    def close(self) -> None:
        processes.end(self.children)
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def find_chromium() -> str:
    return next(filter(None, map(shutil.which, CHROMIUM)), "")


def find_libreoffice() -> str:
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def find_dovecot() -> str:
    """Debian keeps it where only root looks."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    return shutil.which("dovecot", path=path) or ""


def find_initdb() -> Path | None:
    """Debian keeps it off the path; the newest version wins."""
    named = shutil.which("initdb")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = [*installed, *([Path(named)] if named else [])]
    return found[-1].resolve() if found else None


def may_create_databases(url: str) -> bool:
    question = (
        "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
    )
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute(question).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def own_database(url: str) -> str:
    """The same server with a name of this run; Django makes ``test_<name>`` of it."""
    parts = urlsplit(url)
    # A throw-away database need not wait for the disk.
    query = "&".join(filter(None, [parts.query, "options=-csynchronous_commit%3Doff"]))
    return f"{parts.scheme}://{parts.netloc}/recourse_{os.getpid()}?{query}"


def redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=3) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def unprivileged() -> str | None:
    """PostgreSQL refuses root; None where nobody else is needed."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(ready: Callable[[], bool], seconds: float = START_SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        time.sleep(0.1)
    return False


def install(package: str) -> bool:
    """Whether Debian could install it; only tried as root."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {package} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    fonts = ["fonts-noto-cjk"] if package == CHROMIUM[0] else []
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "--yes", "--no-install-recommends", package, *fonts],
    ):
        done = subprocess.run(
            command, env=environment, check=False, stdout=subprocess.DEVNULL
        )
        if done.returncode != 0:
            return False
    return True
