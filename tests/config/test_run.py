"""The desk on one machine, as ``make run`` starts it."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from complaints.channels.chat.sockets import FRAME_LIMIT
from config import run
from config.paths import BASE_DIR
from config.stand_ins import ADDRESSES
from tests.services import free_port, wait

OWN = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE")

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
# The desk brings its own database: once is enough.
pytestmark = [
    pytest.mark.waits,
    pytest.mark.skipif(
        "DATABASE_URL" in os.environ, reason="has run with the suite on SQLite"
    ),
]


def test_a_frame_is_bounded_before_it_is_in_memory() -> None:
    """By both servers, and above what a chat takes: 20,000 characters."""
    command = run._web(8000)
    given = int(command[command.index("--ws-max-size") + 1])
    assert given == run.FRAME_BYTES >= 4 * FRAME_LIMIT
    gunicorn = f'"--websocket-max-message-size", "{run.FRAME_BYTES}"'
    assert gunicorn in (BASE_DIR / "Dockerfile").read_text()


def test_provider_that_is_set_up_by_a_file_is_not_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret that is given twice would keep the desk from starting."""
    monkeypatch.setattr(os, "environ", {"TELEGRAM_BOT_TOKEN_FILE": "/run/token"})

    played = [one.partition("=")[0] for one in run._providers(tmp_path)]

    assert played == ["twilio", "x", "facebook"]
    assert "TELEGRAM_BOT_TOKEN" not in os.environ
    assert json.loads((tmp_path / ADDRESSES).read_text()).keys() == set(played)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in OWN}
    own = {"VAR_DIR": str(tmp_path / "var"), "PORT": str(free_port())}
    return {**kept, **own, "DEMO_PAST": "0"}


@pytest.fixture
def desk(
    environment: dict[str, str], tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A started desk and its address; killed hard when the test forgot to stop it."""
    log, address = tmp_path / "log", f"http://127.0.0.1:{environment['PORT']}"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.run"],
            cwd=BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
            text=True,
        )
    try:
        wait(lambda: process.poll() is not None or address in log.read_text(), 90)
        assert f"answers at {address}/" in log.read_text()
        yield process, address
    finally:
        process.kill()
        process.wait()


def children_of(pid: int) -> list[int]:
    listed = subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(pid)])
    return [int(line) for line in listed.split()]


def are_gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@LINUX
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.drill)]
)
def test_run_answers_and_leaves_nothing_behind(
    desk: tuple[subprocess.Popen[str], str], number: signal.Signals, tmp_path: Path
) -> None:
    process, address = desk
    with urllib.request.urlopen(f"{address}/health/ready", timeout=10) as answer:
        assert answer.status == 200
    children = children_of(process.pid)
    assert len(children) == 5

    process.send_signal(number)

    assert process.wait(30) == (0 if number == signal.SIGINT else -signal.SIGKILL)
    assert wait(lambda: are_gone(children))
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700


@LINUX
@pytest.mark.drill
def test_run_ends_with_a_child_that_dies(
    desk: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, _ = desk
    web, *others = sorted(children_of(process.pid))

    os.kill(web, signal.SIGKILL)

    assert process.wait(30) == 1
    assert wait(lambda: are_gone(others))
    said = (tmp_path / "log").read_text()
    assert "make run: the web server ended by itself (-9)." in said


@pytest.mark.drill
@pytest.mark.parametrize("channel", ["app", "phone", "telegram", "x"])
def test_case_is_walked_beside_a_running_desk(
    desk: tuple[subprocess.Popen[str], str], environment: dict[str, str], channel: str
) -> None:
    """Its worker delivers what the walk wrote, and reaches the stand-in of the walk."""
    done = subprocess.run(
        [sys.executable, "manage.py", "walk_case", "--channel", channel],
        cwd=BASE_DIR,
        env={
            **environment,
            "DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    assert "The ledger is intact" in done.stdout.splitlines()[-1]


def refusal(environment: dict[str, str]) -> str:
    """What it says when it does not start."""
    done = subprocess.run(
        [sys.executable, "-m", "config.run"],
        cwd=BASE_DIR,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    return done.stderr


def test_run_with_a_taken_port_says_so(environment: dict[str, str]) -> None:
    port = environment["PORT"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(port)))
        taken.listen()

        said = refusal(environment)

    assert said.startswith(f"make run: port {port} cannot be used (")
    assert not Path(environment["VAR_DIR"]).exists()


@pytest.mark.parametrize("port", ["abc", "0", "70000"])
def test_run_with_a_senseless_port_names_the_variable(
    environment: dict[str, str], port: str
) -> None:
    assert refusal({**environment, "PORT": port}).startswith("make run: PORT: ")
