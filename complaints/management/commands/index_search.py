"""``manage.py index_search``: makes anew the words by which complaints are found.

For rows that were written before there was such a search, or past the services.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from complaints.models import Complaint
from complaints.services.search import refresh


class Command(BaseCommand):
    help = "Indexes complaints for the search; those without words, or --all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="those with words too")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Complaint.objects.order_by("pk")
        if not options["all"]:
            rows = rows.filter(search_words=None)
        keys = list(rows.values_list("pk", flat=True))
        for key in keys:
            refresh(Complaint.objects.get(pk=key))
        self.stdout.write(f"{len(keys)} complaints indexed.")
