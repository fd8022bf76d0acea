"""Programs that this one starts, and that never outlive it."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from config.paths import BASE_DIR

Child = subprocess.Popen[bytes]
PR_SET_PDEATHSIG = 1


def start(command: Sequence[str], *, cwd: Path = BASE_DIR, **options: Any) -> Child:
    """A child in a process group of its own: Ctrl-C reaches it only through us.

    ``options`` go to ``Popen``.
    """
    return subprocess.Popen(  # noqa: S603 - commands are written in this project
        list(command),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        **options,
    )


def _die_with_parent() -> None:
    """Linux ends the child when its parent is killed without a chance to tidy up."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end(children: Sequence[Child], *, seconds: float = 10.0) -> None:
    """Asks all to stop; after ``seconds`` makes what is left of their groups."""
    for child in children:
        _signal_group(child, signal.SIGTERM)
    for child in children:
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
    for child in children:
        _signal_group(child, signal.SIGKILL)
        child.wait()


def _signal_group(child: Child, number: signal.Signals) -> None:
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        pass
