"""The desk as it is served: a real server, real sockets."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from django.db import connections

from tests.services import free_port


@pytest.fixture
def server(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The ASGI application as ``make run`` serves it, in this process.

    Each request has a thread of its own, and no pool keeps its connection here.
    """
    from config.asgi import application

    monkeypatch.setitem(connections["default"].settings_dict, "CONN_MAX_AGE", 0)
    port = free_port()
    config = uvicorn.Config(application, port=port, lifespan="off", log_level="error")
    program = uvicorn.Server(config)
    thread = threading.Thread(target=program.run, daemon=True)
    thread.start()
    while not program.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    program.should_exit = True
    thread.join(10)
