"""What is in the one bundle of a link: read from the file itself and from nowhere else.

So an arbitrator's page cannot lead to anything that was not sealed into it.
"""

import json
import zipfile
from datetime import datetime
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from appeals.models import ArbitratorLink
from appeals.seated import SeatViewer
from appeals.services.bundles.contents import WHY_NOT
from appeals.verify_bundle import MANIFEST
from complaints import ledger
from complaints.errors import NotVisible


def is_ready(link: ArbitratorLink) -> bool:
    """Whether a worker has made it."""
    return bool(link.bundle.is_ready)


def listed(link: ArbitratorLink) -> list[dict[str, Any]]:
    """The numbered exhibits of the manifest, in its order."""
    if not is_ready(link):
        return []
    with link.bundle.file.open("rb") as file, zipfile.ZipFile(file) as packed:
        manifest = json.loads(packed.read(MANIFEST))
        sizes = {info.filename: info.file_size for info in packed.infolist()}
    files = {row["path"]: row["sha256"] for row in manifest["files"]}
    return [_row(row, files, sizes) for row in manifest["exhibits"]]


def _row(
    row: dict[str, Any], files: dict[str, str], sizes: dict[str, int]
) -> dict[str, Any]:
    return {
        **row,
        "dated": parse_datetime(row["dated"]),
        "sha256": files.get(row["path"], row["sealed_sha256"]),
        "size": sizes.get(row["path"], 0),
        "why_not": WHY_NOT.get(row.get("withheld", ""), ""),
    }


def open_bundle(
    link: ArbitratorLink, viewer: SeatViewer, *, now: datetime | None = None
) -> "File[bytes]":
    """The whole ZIP, to keep. Raises ``NotVisible`` where it is not made."""
    if not is_ready(link):
        raise NotVisible
    opened: File[bytes] = link.bundle.file.open("rb")
    _record(link, viewer, "bundle_opened", now, {"sha256": link.bundle.sha256})
    return opened


def open_exhibit(
    link: ArbitratorLink,
    viewer: SeatViewer,
    number: int,
    *,
    now: datetime | None = None,
) -> tuple[str, "Piece"]:
    """Name and bytes of one exhibit of this bundle. Raises ``NotVisible`` for a number
    that is not in it, or whose content was left out."""
    row = next((one for one in listed(link) if one["number"] == number), None)
    if row is None or not row["path"]:
        raise NotVisible
    file = link.bundle.file.open("rb")
    packed = zipfile.ZipFile(file)
    opened = Piece(packed.open(row["path"]), packed, file)
    _record(link, viewer, "exhibit_opened", now, {"exhibit": number})
    return str(row["path"]).rpartition("/")[2], opened


class Piece:
    """One file of a ZIP, read a piece at a time; closing it closes the ZIP as well."""

    def __init__(self, inner: IO[bytes], *around: Any) -> None:
        self._inner, self._around = inner, around

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(size)

    def close(self) -> None:
        for one in (self._inner, *self._around):
            one.close()


@transaction.atomic
def _record(
    link: ArbitratorLink,
    viewer: SeatViewer,
    what: str,
    now: datetime | None,
    facts: dict[str, Any],
) -> None:
    """On the ledger of reads, as every reading of a bundle is."""
    payload = {"bundle": link.bundle_id, "link": link.pk, **facts}
    entry = ledger.Entry(what, viewer, now or timezone.now(), payload)
    ledger.append(f"reads:{link.bundle.complaint_id}", entry)
