"""Everything a change must pass, in order: ``python -m tests.run test``.

Stops at the first step that fails, so that its output is the last on the screen. The
last step is always a run of pytest, so its closing line ends the output.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import NoReturn

from config.messages import compile_messages
from config.paths import BASE_DIR
from tests.services import Services

PYTHON = sys.executable
WORKERS = "2"
# Each begins with a part of its own, so neighbours share what they set up.
PARALLEL = ("-n", WORKERS, "--dist", "worksteal")
NOTHING_COLLECTED = 5
QUICK = "not drill and not screenshots"
# What the caller's machine says must not change what the suite sees.
OWN = ("DATABASE_URL", "READONLY_DATABASE_URL", "REDIS_URL", "BROKER_URL", "EMAIL_URL")
# Compiled modules are kept: six processes and more import the same ones.
LEFT_OUT = (*OWN, "DEBUG", "PYTHONDONTWRITEBYTECODE")
PLAIN = {key: value for key, value in os.environ.items() if key not in LEFT_OUT}
TEST = {**PLAIN, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
PRODUCTION = {
    **PLAIN,
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "ALLOWED_HOSTS": "recourse.example",
    "TRUSTED_PROXY_COUNT": "1",
    **{
        name: f"throw-away-{name}-0123456789-abcdefghijklmnopqrstuvwxyz"
        for name in ("SECRET_KEY", "LEDGER_KEY", "SIGNING_KEY", "REPLY_KEY")
    },
}

LINT = {
    "style": ([PYTHON, "-m", "ruff", "check", "."], PLAIN),
    "layout": (
        [PYTHON, "-m", "ruff", "format", "--check", "--output-format", "concise", "."],
        PLAIN,
    ),
    "imports": ([str(Path(PYTHON).with_name("lint-imports"))], PLAIN),
}
TYPES = {"types": ([PYTHON, "-m", "mypy"], PLAIN)}
DJANGO = {
    "migrations": (
        [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
        TEST,
    ),
    "deploy": (
        [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        PRODUCTION,
    ),
}
# Reads all there is, drills too. What it makes of the modules is kept, and two workers
# would each make the same.
COLLECTION = {
    "collection": ([PYTHON, "-m", "pytest", "--collect-only", "-qq", "-m", ""], TEST)
}
Step = tuple[list[str], dict[str, str]]


def main(arguments: list[str]) -> int:
    """One of the names below, and what else is to be handed to pytest."""
    what: dict[str, Callable[[list[str]], int]] = {
        "test": test,
        "drills": drills,
        "screenshots": screenshots,
        "lint": lambda _: check(LINT),
        "types": lambda _: check(TYPES),
    }
    name = arguments[0] if arguments else "test"
    if name not in what:
        print(f"one of: {', '.join(what)}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _stop)
    return what[name](arguments[1:])


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def check(steps: dict[str, Step]) -> int:
    """Runs ``steps`` two at a time; tells the output of those that failed."""
    with ThreadPoolExecutor(int(WORKERS)) as pool:
        codes = list(pool.map(_check_one, steps.items()))
    return max(codes)


def _check_one(named: tuple[str, Step]) -> int:
    name, (command, environment) = named
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="recourse-check-") as folder:
        done = subprocess.run(
            command,
            cwd=BASE_DIR,
            env={**environment, "VAR_DIR": folder},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    verdict = "failed" if done.returncode else "ok"
    said = f"\n{done.stdout}" if done.returncode else ""
    print(f"{name}: {verdict} ({time.monotonic() - start:.0f} s){said}", flush=True)
    return done.returncode


def test(extra: list[str]) -> int:
    """Checks, then the suite on SQLite, then on PostgreSQL with the browser."""
    if code := check(TYPES | LINT | DJANGO | COLLECTION):
        return code
    return suites(QUICK, [*PARALLEL, *extra], {"SECOND_DATABASE": "near"})


FAULTS = "tests/drills"


def drills(extra: list[str]) -> int:
    """What takes long, on both databases; then what ``test`` ran on the first alone.

    Faults go by themselves, since they end processes; all else is shared out. With
    paths or anything else for pytest in ``extra`` (``make drills PART=tests/teams``)
    that part alone is run, and faults are not shared out there either.
    """
    rest = {"SECOND_DATABASE": "rest"}
    if extra:
        shared = () if any(FAULTS in one for one in extra) else PARALLEL
        parts = [lambda: suites("drill", [*shared, *extra])]
    else:
        parts = [
            lambda: suites("drill", [FAULTS]),
            lambda: suites("drill", [*PARALLEL, "--ignore", FAULTS]),
        ]
    parts.append(lambda: suites(QUICK, [*PARALLEL, *extra], rest, first=False))
    return _in_turn(parts, may_be_empty=bool(extra))


def _in_turn(parts: list[Callable[[], int]], *, may_be_empty: bool) -> int:
    """Each part is run, whatever came of those before; how long it took is said."""
    codes = []
    for number, part in enumerate(parts, 1):
        start = time.monotonic()
        code = part()
        codes.append(0 if may_be_empty and code == NOTHING_COLLECTED else code)
        verdict = "failed" if codes[-1] else "ok"
        minutes = (time.monotonic() - start) / 60
        print(
            f"part {number} of {len(parts)}: {verdict} ({minutes:.0f} min)", flush=True
        )
    return next(filter(None, codes), 0)


def screenshots(extra: list[str]) -> int:
    compile_messages()
    services = Services()
    patient = ["-o", "faulthandler_timeout=0", *extra]
    try:
        return pytest("screenshots", services.chromium, TEST, patient)
    finally:
        services.close()


def suites(
    marker: str,
    extra: list[str],
    second: dict[str, str] | None = None,
    *,
    first: bool = True,
) -> int:
    """Both databases; the last run is the one that holds everything there is.

    ``second`` is added to the environment of the run on PostgreSQL; without
    ``first`` that is the only one.
    """
    compile_messages()
    services = Services(drills=marker == "drill")
    try:
        if services.missing and refuse(services.missing):
            return 1
        return _suites(services, marker, extra, second or {}, first)
    finally:
        services.close()


def refuse(missing: list[str]) -> bool:
    """Says by name what cannot be run; True where that is a failure."""
    for name in missing:
        print(f"NOT RUN: {name} is neither found nor installable here.", flush=True)
    return os.environ.get("CI") == "true"


def _suites(
    services: Services,
    marker: str,
    extra: list[str],
    second: dict[str, str],
    first: bool,
) -> int:
    """A drill that fails on the one database does not keep the other from its turn:
    they take too long to be begun again for it."""
    stops, failed = marker != "drill", 0
    if not services.chromium:
        marker += " and not browser"
    redis = {"REDIS_URL": services.redis_url} if services.redis_url else {}
    if not services.database_url:
        alone = f"{marker} and not postgres"
        return pytest(alone, services.chromium, TEST | redis, extra) if first else 0
    if first:
        plain = f"{marker} and not browser and not postgres"
        # Its tables are made from the models; the other database is migrated to them.
        code = pytest(plain, services.chromium, TEST, [*extra, "--no-migrations"])
        failed = 0 if code == NOTHING_COLLECTED else code
        if failed and stops:
            return failed
    full = TEST | redis | second | {"DATABASE_URL": services.database_url}
    last = pytest(marker, services.chromium, full, extra)
    return failed or last


def pytest(
    marker: str, chromium: str, environment: dict[str, str], extra: list[str]
) -> int:
    database = environment.get("DATABASE_URL", "SQLite").partition(":")[0]
    print(f"\n-- {database}: {marker}", flush=True)
    command = [PYTHON, "-m", "pytest", "-q", "-m", marker, *extra]
    return subprocess.run(
        command, cwd=BASE_DIR, env={**environment, "CHROMIUM": chromium}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
