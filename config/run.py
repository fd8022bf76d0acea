"""The desk on one machine, in the foreground: ``make run``.

Prepares the database, starts the web server and a Celery worker with Beat, says where
to look, and ends all of it together: on Ctrl-C, on SIGTERM, or when one of them dies.
"""

import json
import os
import secrets
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import NoReturn

from config import processes
from config.env import SettingError, env_int
from config.paths import past_mark, var_dir
from config.processes import Child
from config.stand_ins import ADDRESSES, PROVIDERS

HOST = "127.0.0.1"
START_SECONDS = 60.0
FRAME_BYTES = 100_000
"""Of one frame of a socket; more than a chat takes, which refuses it only once it is
in memory."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(Exception):
    """Somebody asked for the end."""


class Failure(Exception):
    """The reason, in words, why it cannot run."""


def main() -> int:
    """Runs until it is stopped; 0 when somebody asked for it, 1 for a failure."""
    children: list[Child] = []
    for number in SIGNALS:
        signal.signal(number, _stop)
    try:
        _run(children)
    except Stop:
        return 0
    except (Failure, SettingError) as reason:
        print(f"make run: {reason}", file=sys.stderr)
        return 1
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        processes.end(children)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stop


def _run(children: list[Child]) -> NoReturn:
    """Fills ``children`` as it goes, so that the caller can end what has started."""
    port = env_int("PORT", 8000, minimum=1)
    _require_free(port)
    folder = var_dir()
    folder.chmod(0o700)
    os.environ.update(DEBUG="1", DJANGO_SETTINGS_MODULE="config.settings.dev")
    beside = {}
    if not os.environ.get("EXCHANGE_URL"):
        beside["demo exchange"] = _exchange()
    if not os.environ.get("PAYOUT_URL"):
        beside["demo ledger"] = _ledger(folder)
    providers = _providers(folder)
    # Who tries a webhook out here has its receiver here.
    os.environ.setdefault("WEBHOOK_NETWORKS", "127.0.0.0/8")
    # The server reads its code while the database is prepared; nobody knows it yet.
    children.append(_start(*_web(port)))
    children += [_start(*arguments) for arguments in beside.values()]
    _prepare(children)
    _wait_for(children[0], port)
    children.append(_start(*_worker(folder, port)))
    names = ["web server", *beside, "worker"]
    if providers:
        children.append(_start("appeals.demo.standins.switchboard", *providers))
        names.append("demo providers")
    _announce(folder, port)
    watched = dict(zip(names, children, strict=True))
    if past_mark().exists():
        children.append(_start("config.prepare", "past"))
    _watch(watched)


def _require_free(port: int) -> None:
    """Asked first, since the web server would say it only after the preparation."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OverflowError:
            raise Failure(f"PORT: {port} is not a port.") from None
        except OSError as error:
            text = f"port {port} cannot be used ({error.strerror}); try PORT={port + 1}"
            raise Failure(text) from None


def _start(module: str, *arguments: str) -> Child:
    # Celery's lecture to root is for servers; this is a desk.
    quiet = ["-W", "ignore:You're running the worker with superuser privileges"]
    return processes.start([sys.executable, *quiet, "-m", module, *arguments])


def _exchange() -> tuple[str, ...]:
    """The exchange whose records the demo accounts have, unless there is a real one."""
    return ("appeals.demo.standins.exchange", *_stand_in("EXCHANGE"))


def _ledger(folder: Path) -> tuple[str, ...]:
    """The ledger that pays the demo's remedies out, unless there is a real one."""
    books = str(folder / "exchange-ledger.sqlite3")
    return ("appeals.demo.standins.ledger", *_stand_in("PAYOUT"), books)


def _providers(folder: Path) -> list[str]:
    """Settings for those of the providers of channels of which nothing is set, and the
    port of each, as arguments; a file says to others where they are."""
    ports = {
        name: _free_port()
        for name, known in PROVIDERS.items()
        if not any(map(_is_given, known))
    }
    urls = {name: f"http://{HOST}:{port}" for name, port in ports.items()}
    for name, url in urls.items():
        os.environ.update(PROVIDERS[name] | {f"{name.upper()}_API_URL": url})
    (folder / ADDRESSES).write_text(json.dumps(urls), encoding="utf-8")
    return [f"{name}={port}" for name, port in ports.items()]


def _is_given(setting: str) -> bool:
    return bool(os.environ.get(setting) or os.environ.get(f"{setting}_FILE"))


def _stand_in(name: str) -> tuple[str, ...]:
    """Set ``<name>_URL`` and ``<name>_KEY`` to a stand-in; its port, as an argument."""
    port = _free_port()
    os.environ[f"{name}_URL"] = f"http://{HOST}:{port}"
    os.environ[f"{name}_KEY"] = secrets.token_urlsafe(32)
    return (str(port),)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _prepare(children: list[Child]) -> None:
    children.append(_start("config.prepare"))
    if children[-1].wait() != 0:
        raise Failure("the preparation failed; its reason stands above.")
    children.pop()


def _web(port: int) -> tuple[str, ...]:
    return (
        *("uvicorn", "config.asgi:application", "--host", HOST, "--port", str(port)),
        # Forwarded headers are counted by Django; the log stays readable.
        *(
            "--no-proxy-headers",
            "--no-server-header",
            "--no-access-log",
            "--log-level",
            "warning",
        ),
        *("--lifespan", "off", "--timeout-graceful-shutdown", "3"),
        *("--ws-max-size", str(FRAME_BYTES)),
    )


def _worker(folder: Path, port: int) -> tuple[str, ...]:
    return (
        *("celery", "--app", "config", "--quiet", "worker", "--beat"),
        *("--pool", "threads", "--concurrency", "4", "--loglevel", "WARNING"),
        # Two desks on one folder must not fight over one schedule file.
        *("--schedule", str(folder / "beat" / f"schedule-{port}")),
        *("--without-gossip", "--without-mingle", "--hostname", f"desk-{port}@%h"),
    )


def _wait_for(web: Child, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if web.poll() is not None:
            raise Failure("the web server did not start; its reason stands above.")
        if _answers(port):
            return
        time.sleep(0.05)
    raise Failure(f"no answer from the web server for {START_SECONDS:.0f} s.")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/health/live", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        text = f"the web server answers {error.code}; its reason stands above."
        raise Failure(text) from None
    except OSError:
        return False


def _announce(folder: Path, port: int) -> None:
    print(f"\nRecourse answers at http://{HOST}:{port}/   (Ctrl-C ends it)")
    print(f"Passkeys want a name: http://localhost:{port}/ is the same desk.")
    print(f"Payments go to {os.environ['PAYOUT_URL']} (docs/payouts.md).")
    print("Telegram, texts, X and Facebook are played here unless they are set up.\n")
    accounts = folder / "demo.txt"
    if accounts.exists():
        print(accounts.read_text(encoding="utf-8"))
    sys.stdout.flush()


def _watch(children: dict[str, Child]) -> NoReturn:
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                raise Failure(f"the {name} ended by itself ({child.returncode}).")
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
