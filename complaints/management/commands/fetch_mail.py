"""``manage.py fetch_mail [--idle]``: mail from our IMAP mailboxes."""

import signal
import sys
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from complaints.channels.email import fetch, mailbox
from complaints.channels.email.mailbox import Place
from complaints.channels.pipeline import resume_undecided


class Command(BaseCommand):
    help = (
        "Takes new mail in from every mailbox of IMAP_URLS: one round, or with --idle "
        "until it is stopped. Exit 1 where a mailbox did not answer in that round."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--idle", action="store_true", help="stay, and take mail as it comes"
        )

    def handle(self, *, idle: bool, **options: Any) -> None:
        places = mailbox.places()
        if not places:
            self.stdout.write("No mailbox is configured (IMAP_URLS).")
            return
        resume_undecided()
        if idle:
            _stay(places)
            return
        rounds = [fetch.fetch(place) for place in places]
        for one in rounds:
            self.stdout.write(_said(one))
        if any(one.error for one in rounds):
            sys.exit(1)


def _said(one: fetch.Round) -> str:
    if one.error:
        return f"{one.name}: {one.error}"
    if one.busy:
        return f"{one.name}: somebody else is fetching from it"
    return (
        f"{one.name}: {one.taken} taken, {one.known} known, "
        f"{one.refused} not handed over, {one.left} left"
    )


def _stay(places: list[Place]) -> None:
    """A thread a mailbox, so that one that hangs keeps no other waiting."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    threads = [threading.Thread(target=_watch, args=(one, stop)) for one in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _watch(place: Place, stop: threading.Event) -> None:
    try:
        fetch.watch(place, stop)
    finally:
        connections.close_all()
