"""``manage.py legal_hold REFERENCE``: keep a case beyond its time, or no longer."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from complaints.errors import RecourseError
from complaints.models import Complaint
from complaints.reference_number import normalise
from complaints.services.privacy.retention import hold, lift
from teams.models import User


class Command(BaseCommand):
    help = "Holds a case for a dispute or an order; --lift ends the hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference")
        parser.add_argument("--by", required=True, help="user name of who orders it")
        parser.add_argument("--reason", default="")
        parser.add_argument("--lift", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        reference = normalise(options["reference"])
        case = Complaint.objects.filter(reference=reference).first()
        user = User.objects.filter(username=options["by"], is_active=True).first()
        if case is None or user is None:
            raise CommandError("There is no such complaint, or nobody of that name.")
        try:
            if options["lift"]:
                lift(complaint=case, actor=user)
            else:
                hold(complaint=case, reason=options["reason"], actor=user)
        except RecourseError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("lifted" if options["lift"] else "held")
