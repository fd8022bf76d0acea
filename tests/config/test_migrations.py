"""Both ways to the tables: step by step, and the shorter one of new databases."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from config.paths import BASE_DIR

STEP_BY_STEP = """
import django, sys
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
executor = MigrationExecutor(connection)
executor.loader = MigrationLoader(connection, replace_migrations=False)
executor.migrate([("complaints", sys.argv[1])])
"""


def state(loader: MigrationLoader, ends: list[tuple[str, str]]) -> ProjectState:
    """Of the three applications alone."""
    found = loader.project_state(nodes=ends)
    for label, name in list(found.models):
        if label not in {label for label, _name in ends}:
            found.remove_model(label, name)
    return found


def test_shorter_way_leads_where_the_longer_one_does(settings: Any) -> None:
    settings.MIGRATION_MODULES = {}  # also where the suite makes tables without them
    new = MigrationLoader(None)
    shorter = [m for m in new.disk_migrations.values() if m.replaces]
    shorter = [m for m in shorter if m.app_label in ("teams", "complaints", "appeals")]
    assert len(shorter) == 3

    one = state(new, [(m.app_label, m.name) for m in shorter])
    old = MigrationLoader(None, replace_migrations=False)
    other = state(old, [m.replaces[-1] for m in shorter])

    assert len(one.models) > 70
    assert MigrationAutodetector(one, other)._detect_changes() == {}
    assert MigrationAutodetector(other, one)._detect_changes() == {}


@pytest.mark.drill
@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="brings its own database")
@pytest.mark.parametrize("stands_at", ["0001_initial", "0010_search_words"])
def test_database_on_the_longer_way_goes_on(stands_at: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}

    def run(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.check_output(
            command, cwd=BASE_DIR, env=environment, text=True
        )

    run("-c", STEP_BY_STEP, stands_at)
    run("manage.py", "migrate", "--verbosity", "0")

    assert "[ ]" not in run("manage.py", "showmigrations")
    assert "No changes" in run("manage.py", "makemigrations", "--check", "--dry-run")
    run("manage.py", "verify_ledger")
