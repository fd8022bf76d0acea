"""``manage.py rebuild_figures [--check | --freeze]``: the roll-ups, all anew."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from complaints.compliance.rollup import refresh
from complaints.compliance.rollup.freeze import freeze_last_month

SHOWN = 20


class Command(BaseCommand):
    help = "Reckons every figure of the dashboards anew from ledger and clocks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--freeze",
            action="store_true",
            help="then freeze last month for the head to sign, where it is not frozen",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="change nothing; end with 1 where a figure would come out otherwise",
        )

    def handle(self, *args: Any, check: bool, freeze: bool, **options: Any) -> None:
        if check:
            return self._check()
        began = time.monotonic()
        marks = refresh.rebuild()
        took = time.monotonic() - began
        self.stdout.write(f"{marks} marks in {took:.1f} s.")
        if freeze:
            freeze_last_month()
        return None

    def _check(self) -> None:
        refresh.refresh()
        found = refresh.differences()
        for line in found[:SHOWN]:
            self.stderr.write(line)
        if found:
            raise CommandError(
                f"{len(found)} figures differ; rebuild_figures mends it."
            )
        self.stdout.write("Every figure is what ledger and clocks say.")
