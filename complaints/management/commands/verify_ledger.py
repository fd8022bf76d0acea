"""``manage.py verify_ledger``: walk the hash chains; exit 1 when they were touched."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from complaints import ledger
from complaints.models import Complaint, Event, Stream
from complaints.reference_number import normalise
from complaints.services import ledger_roots


class Command(BaseCommand):
    help = "Checks the ledger; the first bad row is named and the exit code is 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reference", help="only the case of this reference")
        parser.add_argument(
            "--anchor", type=Path, help="a file of heads written by --write-anchor"
        )
        parser.add_argument(
            "--write-anchor", type=Path, help="write the present heads to this file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        streams, objects = _scope(options["reference"])
        faults = _faults(streams, objects, options["anchor"])
        first = next(faults, None)
        if first is not None:
            more = sum(1 for _fault in faults)
            self.stderr.write(str(first))
            raise CommandError(f"The ledger was touched ({more} more faults).")
        if options["write_anchor"]:
            _write_anchor(options["write_anchor"])
        events = (
            Event.objects.count() if streams is None else sum(s.seq for s in streams)
        )
        self.stdout.write(f"The ledger is intact: {events} events.")


def _scope(reference: str | None) -> tuple[list[Stream] | None, Iterable[Any]]:
    """The streams to walk (None is all) and the objects to hold against them."""
    if not reference:
        return None, _stateful(Complaint.objects.all())
    case = Complaint.objects.filter(reference=normalise(reference)).first()
    if case is None:
        raise CommandError("There is no complaint of that reference.")
    names = (case.stream, f"reads:{case.pk}")
    streams = list(Stream.objects.filter(name__in=names))
    return streams, _stateful(Complaint.objects.filter(pk=case.pk))


def _stateful(cases: Any) -> Iterator[Any]:
    """The cases and everything of theirs that has a state."""
    yield from cases.iterator()
    for label, name in (("complaints", "Remedy"), ("appeals", "Appeal")):
        rows = apps.get_model(label, name)._default_manager
        yield from (
            rows.filter(complaint__in=cases.values("pk"))
            .select_related("complaint")
            .iterator()
        )


def _faults(
    streams: list[Stream] | None, objects: Iterable[Any], anchor: Path | None
) -> Iterator[ledger.Fault]:
    yield from ledger.verify(streams)
    yield from ledger.verify_versions(objects)
    if streams is None:
        yield from ledger_roots.verify()
    if anchor is not None:
        yield from ledger.verify_heads(_read_anchor(anchor))


def _read_anchor(path: Path) -> dict[str, tuple[int, str]]:
    try:
        heads = json.loads(path.read_text(encoding="utf-8"))
        return {name: (int(seq), str(head)) for name, (seq, head) in heads.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise CommandError(f"{path} is no anchor: {error}") from error


def _write_anchor(path: Path) -> None:
    heads = {s.name: [s.seq, s.head] for s in Stream.objects.order_by("name")}
    path.write_text(json.dumps(heads, indent=0) + "\n", encoding="utf-8")
