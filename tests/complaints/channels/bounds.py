"""What hostile input may cost at most."""

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import process_time

SLOWEST = 5.0
"""Seconds for one message."""

MOST_GROWTH = 300.0
"""MB for ten thousand of them."""


def memory() -> float:
    """The most that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def quick(what: object = "") -> Iterator[None]:
    """One message is done with in time: of the processor, which is ours alone however
    busy the machine is."""
    began = process_time()
    yield
    assert process_time() - began < SLOWEST, what


@contextmanager
def flat() -> Iterator[None]:
    """Ten thousand messages leave the memory as it was. Begin after some of them: what
    is loaded once is no growth."""
    before = memory()
    yield
    assert memory() - before < MOST_GROWTH


@contextmanager
def dripping(status: int) -> Iterator[str]:
    """Where somebody answers a byte at a time, and comes to no end for ten seconds."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            with suppress(OSError):
                for _byte in range(50):
                    self.wfile.write(b" ")
                    time.sleep(0.2)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
