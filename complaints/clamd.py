"""What ClamAV's daemon says of some bytes: INSTREAM, as in clamd(8).

Over TCP (``tcp://host:3310``) or a local socket (``unix:///run/clamav/clamd.ctl``).
"""

import socket
import struct
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

CHUNK = 65_536
CONNECT_SECONDS = 3.0
LONGEST = 60.0
"""Seconds for one file; shorter than the lease of the work."""

ANSWER_LIMIT = 4_096
PORT = 3310


class ScannerDown(Exception):
    """Nobody answers, or with something that is no verdict; another time it may."""


@dataclass(frozen=True)
class Verdict:
    """``found`` is the name of what was found, empty for a clean file."""

    found: str = ""

    @property
    def clean(self) -> bool:
        return not self.found


def scan(url: str, content: bytes, *, seconds: float = LONGEST) -> Verdict:
    """Ask the daemon at ``url``. Raises ``ScannerDown``; a silence is no verdict."""
    end = time.monotonic() + seconds
    try:
        with _connect(url) as daemon:
            _send(daemon, content, end)
            return _verdict(_answer(daemon, end))
    except OSError as error:
        raise ScannerDown(type(error).__name__) from None


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        daemon.settimeout(CONNECT_SECONDS)
        try:
            daemon.connect(parts.path)
        except OSError:
            daemon.close()
            raise
    else:
        address = (parts.hostname or "127.0.0.1", parts.port or PORT)
        daemon = socket.create_connection(address, CONNECT_SECONDS)
    return daemon


def _left(end: float) -> float:
    return max(end - time.monotonic(), 0.01)


def _send(daemon: socket.socket, content: bytes, end: float) -> None:
    """The bytes in chunks of a length each; one of no length ends them.

    A daemon that has read enough answers and hangs up, so a broken pipe is not the
    end: its reason stands in the answer.
    """
    try:
        daemon.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            part = content[start : start + CHUNK]
            daemon.settimeout(_left(end))
            daemon.sendall(struct.pack("!L", len(part)) + part)
        daemon.sendall(struct.pack("!L", 0))
    except BrokenPipeError:
        pass


def _answer(daemon: socket.socket, end: float) -> str:
    read = bytearray()
    while not read.endswith(b"\0") and len(read) < ANSWER_LIMIT:
        daemon.settimeout(_left(end))
        part = daemon.recv(ANSWER_LIMIT)
        if not part:
            break
        read += part
    return read.decode("utf-8", "replace").strip("\0\r\n ")


def _verdict(answer: str) -> Verdict:
    """``stream: OK``, ``stream: Eicar-Test-Signature FOUND``, or what went wrong."""
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict()
    if said.endswith(" FOUND"):
        name = said.removesuffix(" FOUND").strip()
        return Verdict(found=name[:200] or "unnamed")
    raise ScannerDown(said[:200] or "no answer")
