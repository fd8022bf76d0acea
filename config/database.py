"""What can be said about the database as a whole."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrations_wait() -> bool:
    """Whether the code has migrations that the default database has not."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
