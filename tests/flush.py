"""How the database gets back to where every test begins, after one that committed.

Django's own flush truncates every table and builds the reference data anew. Here the
rows are kept aside once, and put back as they were, with the same keys.
"""

import sqlite3
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from complaints import triggers

ASIDE = "kept_aside"
_copy: list[sqlite3.Connection] = []


def keep() -> None:
    """Set aside what is there now."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        _copy[:] = [sqlite3.connect(":memory:")]
        connection.connection.backup(_copy[0])
    elif _may_lift_triggers():
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {ASIDE}")
            for table in _tables(cursor):
                cursor.execute(
                    f'CREATE TABLE {ASIDE}."{table}" AS TABLE public."{table}"'
                )


def put_back() -> bool:
    """Make everything as it was set aside; False where nothing was."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        _copy[0].backup(connection.connection)
        return True
    if not _may_lift_triggers():
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_script(_tables(cursor)))
    if triggers.missing():
        triggers.install()
    return True


def end_other_sessions() -> None:
    """Of this database; PostgreSQL drops none that somebody is connected to."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def _may_lift_triggers() -> bool:
    """Only a superuser may; others flush as Django does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _tables(cursor: CursorWrapper) -> list[str]:
    return sorted(connection.introspection.table_names(cursor))


def _script(tables: list[str]) -> str:
    """One journey to the server; as a replica it asks no trigger and no foreign key."""
    return ";".join(
        [
            "SET LOCAL session_replication_role = replica",
            *(f'DELETE FROM public."{name}"' for name in tables),  # noqa: S608
            *(
                f'INSERT INTO public."{name}" SELECT * FROM {ASIDE}."{name}"'  # noqa: S608
                for name in tables
            ),
        ]
    )


def every_row() -> dict[str, list[dict[str, Any]]]:
    """By table."""
    models = apps.get_models(include_auto_created=True)
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values())
        for model in models
    }
