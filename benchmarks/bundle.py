"""A large case as a bundle: ``python -m benchmarks.bundle``.

One case with 300 documents of 400 MB together, on SQLite, made by ``make_bundle`` and
checked by ``verify_bundle.py``, each in a process of its own whose time and greatest
memory are taken. The bar: under 60 s, under 400 MB; ``--documents`` and ``--megabytes``
ask for another case, which is held to the same memory and to no time.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import django
from django.core.management import call_command

from config.paths import BASE_DIR

DOCUMENTS, MEGABYTES = 300, 400
FILES = 199
"""A case holds 200; the other documents are replies, a message and a letter each."""
LIMIT_SECONDS, LIMIT_MB = 60, 400
WORDS = "The hold was not applied at all. 提现没有被拦截。 " * 5


@dataclass(frozen=True)
class Size:
    """How large a case is; its complaint and its receipt are documents too."""

    documents: int = DOCUMENTS
    megabytes: int = MEGABYTES

    @property
    def files(self) -> int:
        return min(FILES, self.documents // 2)

    @property
    def replies(self) -> int:
        return (self.documents - self.files - 1) // 2


@dataclass(frozen=True)
class Taken:
    """What a process took: seconds on the wall and of the processors (its children's
    too), and its greatest resident set in MB, or theirs where that is more."""

    seconds: float
    worked: float
    megabytes: float
    said: str


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--megabytes", type=int, default=MEGABYTES)
    parser.add_argument("--folder", help="where the files may lie")
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    size = Size(options.documents, options.megabytes)
    if options.fill:
        print(filled(size))
        return 0
    with tempfile.TemporaryDirectory(
        prefix="recourse-bench-", dir=options.folder
    ) as folder:
        made, checked = measure(Path(folder), size)
    for name, taken in (("make", made), ("verify", checked)):
        print(
            f"{name:8}{taken.seconds:8.1f} s"
            f"{taken.worked:8.1f} s of processor{taken.megabytes:8.0f} MB"
        )
    late = size == Size() and made.seconds > LIMIT_SECONDS
    return int(late or made.megabytes > LIMIT_MB)


def measure(folder: Path, size: Size) -> tuple[Taken, Taken]:
    """Fill a case, make its bundle, check it."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
        "PYTHONPATH": str(BASE_DIR),
    }
    fill = [sys.executable, "-m", "benchmarks.bundle", "--fill"]
    fill += ["--documents", str(size.documents), "--megabytes", str(size.megabytes)]
    reference = _run(fill, environment).said.split()[-1]
    manage = [sys.executable, "manage.py", "make_bundle", reference]
    made = _run([*manage, "--out", str(folder)], environment)
    facts = json.loads(made.said.splitlines()[-1])
    script = BASE_DIR / "appeals" / "verify_bundle.py"
    return made, _run([sys.executable, "-I", "-S", script, facts["path"]], environment)


def _run(command: list[Any], environment: dict[str, str]) -> Taken:
    start = perf_counter()
    child = subprocess.Popen(
        command, env=environment, cwd=BASE_DIR, stdout=subprocess.PIPE, text=True
    )
    watch = Watch(child.pid)
    watch.start()
    said = child.stdout.read() if child.stdout else ""
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.stdout:
        child.stdout.close()
    watch.join()
    if child.returncode:
        raise RuntimeError(f"{command[:4]} ended with {child.returncode}")
    unit = 1024 if sys.platform == "darwin" else 1
    most = max(used.ru_maxrss / unit / 1024, watch.most)
    worked = used.ru_utime + used.ru_stime
    return Taken(perf_counter() - start, worked, most, said)


class Watch(threading.Thread):
    """The most that a process and its children held together, in MB; seen ten times a
    second, where there is ``/proc``."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.most = pid, 0.0

    def run(self) -> None:
        while held := sum(map(_held, self._family())):
            self.most = max(self.most, held)
            sleep(0.1)

    def _family(self) -> list[int]:
        try:
            listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        except OSError:
            return []
        return [self.pid, *map(int, listed.split())]


def _held(pid: int) -> float:
    try:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def filled(size: Size) -> str:
    """One case with files and messages; its reference. In a process of its own."""
    django.setup()
    call_command("migrate", verbosity=0)
    from complaints.services import correspond
    from complaints.services.evidence import Upload, add_evidence
    from teams.system import system_actor

    case, actor, seeded = filed(), system_actor(), random.Random(6)
    length = size.megabytes * 1_000_000 // size.files
    for number in range(size.files):
        content = b"A line.\n" + seeded.randbytes(length // 2).hex().encode()
        upload = Upload(f"screen recording 屏幕 {number}.txt", content)
        add_evidence(complaint=case, upload=upload, actor=actor, shared=True)
    for number in range(size.replies):
        correspond.reply(complaint=case, text=f"{number}. {WORDS}", actor=actor)
    return str(case.reference)


def filed() -> Any:
    """A complaint without anything but its words."""
    from complaints.models import Party
    from complaints.services.intake import Filing, file_complaint
    from teams.system import system_actor

    filing = Filing(
        customer=Party.objects.create(last_name="Wang", language="en"),
        channel="portal",
        subject="Withdrawal",
        description=WORDS,
        language="en",
        points=("One",),
    )
    return file_complaint(filing=filing, actor=system_actor())


if __name__ == "__main__":
    sys.exit(main())
