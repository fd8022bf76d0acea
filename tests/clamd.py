"""A daemon that speaks clamd's protocol on a real socket, and knows one virus."""

import socketserver
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

# In two parts, so that no scanner takes this file for one.
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + r"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = bytearray()
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.seen.append(bytes(content))  # type: ignore[attr-defined]
        self.wfile.write(self._said(bytes(content)) + b"\0")

    def _said(self, content: bytes) -> bytes:
        said: bytes | None = self.server.said  # type: ignore[attr-defined]
        if said is not None:
            return said
        found = EICAR.encode() in content
        return b"stream: Eicar-Test-Signature FOUND" if found else b"stream: OK"


class Clamd:
    """``said`` replaces the verdict; ``seen`` are the files it was given."""

    def __init__(self, server: socketserver.BaseServer, url: str) -> None:
        self.server, self.url = server, url
        self.seen: list[bytes] = []
        server.seen, server.said = self.seen, None  # type: ignore[attr-defined]

    def say(self, said: bytes | None) -> None:
        self.server.said = said  # type: ignore[attr-defined]


@contextmanager
def clamd(socket: Path | None = None) -> Iterator[Clamd]:
    """On a free port, or on a local socket."""
    server: socketserver.BaseServer
    if socket is None:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler)
        url = f"tcp://127.0.0.1:{server.server_address[1]}"
    else:
        server = socketserver.ThreadingUnixStreamServer(str(socket), _Handler)
        url = f"unix://{socket}"
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield Clamd(server, url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
