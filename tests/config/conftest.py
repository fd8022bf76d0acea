"""A real OpenID provider on this machine, in a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

PATIENCE = 20.0  # seconds until the provider must answer


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """Its address; who signs in there is made by ``PUT /users/<subject>``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(program, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection(("localhost", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the provider did not start")
