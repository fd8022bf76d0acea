"""The queue in a folder: nobody meets a message that is half written."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from config import broker


class Peek:
    """Looks at the folder in the middle of being written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen: list[list[Path]] = []

    def __json__(self) -> str:
        self.seen.append(list(self.folder.glob("*.msg")))
        return "looked"


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[SimpleQueue]:
    """Of a name of its own: a transport remembers what it bound, in any folder."""
    broker.install()
    options = {
        "data_folder_in": str(tmp_path),
        "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path / "control"),
    }
    with Connection("filesystem://", transport_options=options) as connection:
        yield connection.SimpleQueue(uuid4().hex)


def test_what_is_put_is_got_once(queue: SimpleQueue) -> None:
    queue.put({"n": 1})

    assert queue.get(timeout=5).payload == {"n": 1}
    with pytest.raises(queue.Empty):
        queue.get(block=False)


def test_message_has_its_name_only_once_it_is_whole(
    queue: SimpleQueue, tmp_path: Path
) -> None:
    peek = Peek(tmp_path)

    queue.channel._put("work", {"n": peek})

    assert peek.seen == [[]]
    assert [p.read_text("utf-8") for p in tmp_path.glob("*.work.msg")] == [
        '{"n": "looked"}'
    ]
    assert list(tmp_path.glob("*.part")) == []
