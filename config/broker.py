"""Celery's queue in a folder, without the moment in which a message is empty.

Kombu opens the file of a message under its last name and then writes it. Whoever reads
in between finds nothing, fails on it, and takes the whole worker along.
"""

import uuid
from pathlib import Path
from time import monotonic_ns
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes a message under a name that nobody reads, then gives it its own."""

    # Kombu names this parameter in two ways itself.
    def _put(  # type: ignore[override]
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        folder = Path(self.data_folder_out)
        name = f"{monotonic_ns() // 1_000_000}_{uuid.uuid4()}"
        unread = folder / f"{name}.part"
        unread.write_text(dumps(payload), encoding="utf-8")
        unread.replace(folder / f"{name}.{queue}.msg")


class Transport(filesystem.Transport):
    """What ``filesystem://`` means here."""

    Channel = Channel


def install() -> None:
    """Makes ``filesystem://`` mean this transport, for whoever sends or receives."""
    TRANSPORT_ALIASES["filesystem"] = "config.broker:Transport"
