"""The queue in a folder: no reader ever meets a message that is half written."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from config import broker

MANY = 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    broker.install()
    return tmp_path


def _connect(folder: Path) -> Connection:
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
    }
    return Connection("filesystem://", transport_options=options)


@pytest.fixture
def queue(folder: Path) -> Iterator[SimpleQueue]:
    """Of a name of its own: a transport remembers what it bound, in any folder."""
    with _connect(folder) as connection:
        yield connection.SimpleQueue(uuid4().hex)


def test_what_is_put_is_got_once(queue: SimpleQueue) -> None:
    queue.put({"n": 1})

    assert queue.get(timeout=5).payload == {"n": 1}
    with pytest.raises(queue.Empty):
        queue.get(block=False)


def test_reader_beside_a_writer_meets_no_half_message(
    queue: SimpleQueue, folder: Path
) -> None:
    ended = Event()
    found: list[str] = []

    def look() -> None:
        while not ended.is_set():
            for path in folder.glob("*.msg"):
                found.append(path.read_text("utf-8"))

    watcher = Thread(target=look)
    watcher.start()
    for n in range(MANY):
        queue.put({"n": n})
    ended.set()
    watcher.join()

    assert "" not in found
    assert len(list(folder.glob("*.msg"))) == MANY
    assert list(folder.glob("*.part")) == []

