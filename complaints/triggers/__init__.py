"""The last ring: the database itself refuses what the one door did not do.

Installed after every migrate on SQLite and PostgreSQL. A state or version may only
change together with the event that says so; a row is born in its first state; an
event follows the one before it; what was recorded is neither edited nor deleted,
only emptied where a person is erased. A database owner can drop triggers: that is
what the hash chain and its seal are for.
"""

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from complaints.triggers import independent, recorded, sealed
from complaints.triggers.dialects import PREFIX, postgres, postgres_truncate, sqlite
from complaints.triggers.rule import Rule
from complaints.triggers.tables import KEPT_TABLES


def _rules() -> list[Rule]:
    """All of them, in no order that matters."""
    return [*recorded.rules(), *sealed.rules(), *independent.rules()]


def install(using: str = "default") -> None:
    """Create every trigger whose table is there; existing ones are replaced."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for rule in _rules():
            if rule.table not in tables:
                continue
            if connection.vendor == "sqlite":
                cursor.execute(f'DROP TRIGGER IF EXISTS "{PREFIX}{rule.name}"')
                cursor.execute(sqlite(rule))
            else:
                cursor.execute(postgres(rule))
        if connection.vendor == "postgresql":
            for table in sorted(set(KEPT_TABLES) & tables):
                cursor.execute(postgres_truncate(table))


def remove(using: str = "default") -> None:
    """Drop every trigger of ours. Only tests need this, to empty their database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, table in sorted(_installed(connection)):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(using: str = "default") -> list[str]:
    """Names of triggers that should stand on the existing tables and do not."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    wanted = {f"{PREFIX}{rule.name}" for rule in _rules() if rule.table in tables}
    return sorted(wanted - {name for name, _table in _installed(connection)})


def _installed(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    query = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT t.tgname, c.relname FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = cursor.fetchall()
    return {(name, table) for name, table in rows if name.startswith(PREFIX)}


def install_after_migrate(sender: AppConfig, using: str, **_kwargs: Any) -> None:
    """Signal handler: each app's tables get their triggers as they appear."""
    if sender.label in ("complaints", "appeals", "compliance"):
        install(using)


def remove_before_migrate(using: str, plan: Any = (), **_kwargs: Any) -> None:
    """Signal handler: SQLite cannot rebuild a table that a trigger mentions.

    Only when there is something to migrate; ``install_after_migrate`` follows.
    """
    if plan and connections[using].vendor == "sqlite":
        remove(using)


def check_triggers(databases: Any = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """System check: the triggers stand on every database that has our tables."""
    found: list[checks.CheckMessage] = []
    for using in databases or ():
        absent = missing(using)
        if absent:
            found.append(
                checks.Warning(
                    f"{len(absent)} ledger triggers are missing, such as {absent[0]}.",
                    hint="Run migrate: it installs them.",
                    id="complaints.W001",
                )
            )
    return found
