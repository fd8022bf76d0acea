"""What the scanner says, over both kinds of socket."""

import socket
from pathlib import Path

import pytest

from complaints.clamd import CHUNK, ScannerDown, Verdict, scan
from tests.clamd import EICAR, clamd


@pytest.mark.parametrize("local", [False, True], ids=["tcp", "unix"])
def test_verdicts(tmp_path: Path, local: bool) -> None:
    with clamd(tmp_path / "clamd.ctl" if local else None) as daemon:
        large = b"a" * (CHUNK + 1)
        assert scan(daemon.url, large) == Verdict()
        assert scan(daemon.url, EICAR.encode()).found == "Eicar-Test-Signature"
        assert daemon.seen == [large, EICAR.encode()]


@pytest.mark.parametrize(
    "said", [b"INSTREAM size limit exceeded. ERROR", b"", b"stream: OK FOUND?", b"OKAY"]
)
def test_whatever_is_no_verdict_is_none(said: bytes) -> None:
    with clamd() as daemon:
        daemon.say(said)
        with pytest.raises(ScannerDown):
            scan(daemon.url, b"a")


def test_nobody_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(ScannerDown):
        scan(url, b"a")
    with pytest.raises(ScannerDown):
        scan("unix:///nowhere/clamd.ctl", b"a")
