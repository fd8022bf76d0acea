"""``manage.py intake_email [FILE …]``: raw mails through the mail channel."""

import hashlib
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from complaints.channels.email import inbound
from complaints.channels.pipeline import resume_undecided
from complaints.channels.work import Taken
from complaints.states import Intake

STDIN = "-"
ON_CASE = (Intake.OPENED, Intake.APPENDED)


class Command(BaseCommand):
    help = (
        "Takes raw mails in, from files or one on standard input, and prints one JSON "
        "line a mail. Exit 0 whatever the mails are; 1 where a file could not be read "
        "or the database refused to keep a mail, which is then named on standard error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", metavar="FILE", default=[])

    def handle(self, *, files: list[str], **options: Any) -> None:
        resume_undecided()
        failed = False
        for name in files or [STDIN]:
            try:
                raw = _bytes(name)
                taken = inbound.receive(raw)
            except (OSError, DatabaseError) as error:
                failed = True
                self.stderr.write(f"{name}: {error}")
                continue
            self.stdout.write(json.dumps(said(raw, taken)))
        if failed:
            sys.exit(1)


def _bytes(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()


def said(raw: bytes, taken: Taken) -> dict[str, Any]:
    """The line of one mail. A mail that no try could decide yet counts as held."""
    mail = taken.inbound
    line = {
        "outcome": taken.outcome or Intake.HELD.value,
        "reference": _reference(taken),
        "reason": taken.reason,
        "message_id": mail.message_id,
        "from": mail.sender.address,
        "subject": mail.subject,
        "text": mail.text,
        "attachments": list(_attachments(taken)),
        "raw_sha256": hashlib.sha256(raw).hexdigest(),
    }
    return line | ({"duplicate": True} if taken.duplicate else {})


def _reference(taken: Taken) -> str | None:
    """Of the case that it opened or joined; a dropped or held mail joins none."""
    on_case = taken.complaint is not None and taken.outcome in ON_CASE
    return taken.complaint.reference if on_case and taken.complaint else None


def _attachments(taken: Taken) -> Iterator[dict[str, Any]]:
    for file in taken.inbound.attachments:
        yield {
            "name": file.name,
            "content_type": file.content_type,
            "size": file.size,
            "sha256": file.sha256,
        }
