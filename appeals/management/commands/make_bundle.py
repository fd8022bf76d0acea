"""``manage.py make_bundle REFERENCE --out DIR``: a case as one signed file, at once."""

import json
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from appeals.models import BundleVariant
from appeals.services.bundles import ask_bundle, make_now, open_bundle
from complaints.models import Complaint
from complaints.reference_number import normalise
from teams.system import system_actor


class Command(BaseCommand):
    help = "Makes the bundle of a case and writes its ZIP into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference")
        parser.add_argument("--out", type=Path, required=True, help="the folder")
        parser.add_argument(
            "--variant",
            choices=BundleVariant.values,
            default=BundleVariant.SHARED,
            help="what both sides may read, or the whole for our own people",
        )

    def handle(
        self, *, reference: str, out: Path, variant: str, **options: Any
    ) -> None:
        case = Complaint.objects.filter(reference=normalise(reference) or "").first()
        if case is None:
            raise CommandError("There is no complaint of that reference.")
        actor = system_actor()
        row = ask_bundle(complaint=case, variant=variant, actor=actor)
        if not row.made_at and not make_now(row, now=timezone.now()):
            raise CommandError("A worker is making it; try again in a minute.")
        row.refresh_from_db()
        out.mkdir(parents=True, exist_ok=True)
        path = out / row.file_name
        with open_bundle(bundle=row, actor=actor) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        facts = {"path": str(path), "sha256": row.sha256, "size": row.size}
        self.stdout.write(json.dumps({**facts, "exhibits": row.exhibits}))
