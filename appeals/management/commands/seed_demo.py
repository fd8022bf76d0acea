"""``manage.py seed_demo``: lifelike data through the services, in both languages."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from appeals.demo import policies
from appeals.demo.bulk import fill
from appeals.demo.learning import learn
from appeals.demo.past import live
from appeals.demo.people import make_cast, write_card
from appeals.demo.play import play
from appeals.demo.stories import STORIES
from complaints.channels.forum import demo as forum_demo
from complaints.models import Complaint
from complaints.public import demo as public_demo
from complaints.selectors import published


class Command(BaseCommand):
    help = "Makes the demo accounts and cases in every state; --complaints adds many."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--complaints", type=int, default=0, help="this many more, in bulk"
        )
        parser.add_argument(
            "--past", type=int, default=0, help="this many closed ones of the last year"
        )
        parser.add_argument("--seed", type=int, default=1, help="of what is random")

    def handle(self, *args: Any, **options: Any) -> None:
        cast = make_cast()
        write_card(cast, settings.VAR_DIR / "demo.txt")
        policies.fill()
        if not Complaint.objects.exists():
            now = timezone.now()
            for story in STORIES:
                play(story, cast, now)
            public_demo.notices(now)
            learn(cast, now)
            forum_demo.board(cast.users, cast["support"], now)
        if options["complaints"]:
            fill(cast, count=options["complaints"], seed=options["seed"])
        if options["past"]:
            live(cast, count=options["past"], seed=options["seed"])
            published.forget(timezone.now())
        self.stdout.write(f"{Complaint.objects.count()} complaints.")
