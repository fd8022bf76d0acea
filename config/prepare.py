"""Brings a development machine up to date in one process: ``python -m config.prepare``.

Compiles translations, applies migrations, fills an empty database with demo data.
What is up to date is skipped, so that a second start takes a moment. The year that the
demo looks back on takes longer than that; ``python -m config.prepare past`` makes it
while the desk is open.
"""

import io
import sys

import django
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands

from complaints import letter_system
from config.database import migrations_wait
from config.env import env_int
from config.messages import compile_messages
from config.paths import past_mark

PAST = 360
"""So many closed cases, unless DEMO_PAST says another number."""


def prepare() -> None:
    """The whole preparation; tells what takes a while."""
    if compile_messages():
        _say("Translations compiled.")
    django.setup()
    if migrations_wait():
        _say("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)
    if _is_empty() and "seed_demo" in get_commands():
        _say("Filling it with demo data ...")
        call_command("seed_demo", verbosity=0)
        call_command("rebuild_figures", stdout=io.StringIO())
        if env_int("DEMO_PAST", PAST):
            past_mark().touch()
    _say_what_is_missing()


def fill_past() -> None:
    """The closed cases of a year and their figures, the last month's frozen for the
    head to sign; goes on where it was ended."""
    django.setup()
    call_command("seed_demo", past=env_int("DEMO_PAST", PAST), verbosity=0)
    call_command("rebuild_figures", freeze=True, stdout=io.StringIO())
    past_mark().unlink(missing_ok=True)


def _say_what_is_missing() -> None:
    """Without these letters are pages to print; everything else works."""
    packages = ", ".join(letter_system.missing())
    if packages:
        _say(
            "Letters are pages to print here. For PDFs, `make system` (as root, on "
            f"Debian) adds {packages}."
        )


def _is_empty() -> bool:
    """No complaint and no person; the system's own actors are not people."""
    people = get_user_model().objects.exclude(kind="system")
    complaints = apps.get_model("complaints", "Complaint").objects.all()
    return not people.exists() and not complaints.exists()


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    fill_past() if sys.argv[1:] == ["past"] else prepare()
