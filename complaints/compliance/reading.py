"""What the role that reads figures may see of the database: views, and nothing else.

PostgreSQL only. The schema ``reading`` holds one view for each table that dashboards,
drill-downs and returns read, under the table's own name, so that the same code reads
through it by ``search_path``. Words of persons are blank in them (all but the subject,
which the register export carries), and of a case behind a barrier the subject too.
Messages, notes, letters, files and everything privileged have no view.
"""

from collections.abc import Iterator

from django.apps import AppConfig, apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from complaints.compliance.models import ViewNote
from complaints.services.privacy.places import OF_CASE, OF_PARTY

SCHEMA = "reading"
SHOWN = (
    *("complaints.Complaint", "complaints.Category", "complaints.RootCause"),
    *("complaints.Party", "complaints.Representative", "complaints.CaseAccess"),
    *("complaints.Clock", "complaints.Decision", "complaints.Remedy"),
    *("complaints.Payout", "complaints.ComplianceCheck", "complaints.ComplianceNote"),
    *("complaints.Event", "complaints.RawMessage", "complaints.Outbox"),
    *("complaints.ImprovementAction", "teams.User", "teams.Team"),
    *("compliance.Mark", "compliance.Tally", "compliance.FrozenTally"),
    *("compliance.Snapshot", "compliance.RollupState"),
)
NEVER = {
    "complaints.CaseAccess": ("token_hash",),
    "complaints.RawMessage": ("external_id", "account"),
    "complaints.Outbox": ("message_id",),
    "complaints.Payout": ("proof", "reversal_proof", "idempotency_key"),
    "compliance.Snapshot": ("reason",),
    "complaints.ImprovementAction": ("text", "done_words"),
    "teams.Team": ("email", "phone"),
    "teams.User": ("password", "email", "account_id", "muted_notices", "last_login"),
}
"""Columns that are blank besides the words of persons."""

READABLE = frozenset({("complaints.Complaint", "subject")})


def install(using: str = "default") -> int:
    """Make the views anew; how many there are. Whoever had rights keeps them."""
    connection = connections[using]
    with connection.cursor() as cursor:
        roles = _readers(connection)
        remove(using)
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        for model in _models():
            cursor.execute(_view(model))
        for role in roles:
            _grant(connection, role)
    return len(SHOWN)


def remove(using: str = "default") -> None:
    """Drop the views: no column that a view names can be altered."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def admit(role: str, using: str = "default") -> None:
    """Let ``role`` read the views and nothing besides. Raises ``LookupError``."""
    connection = connections[using]
    named = _bare(connection, role)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {named} SET search_path = {SCHEMA}")
        cursor.execute(f"ALTER ROLE {named} SET default_transaction_read_only = on")
        _grant(connection, role)


def admit_log(role: str, using: str = "default") -> None:
    """Let ``role`` note looks at figures and nothing besides. Raises ``LookupError``.

    It cannot read, change or delete what it wrote.
    """
    connection = connections[using]
    named = _bare(connection, role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT INSERT ON {ViewNote._meta.db_table} TO {named}")


def _bare(connection: BaseDatabaseWrapper, role: str) -> str:
    """The quoted name of a role without any right on a table. ``LookupError`` where
    there is no such role, or nothing would hold it back."""
    named = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
        if found is None or found[0]:
            raise LookupError(role)
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {named}")
    return named


def _grant(connection: BaseDatabaseWrapper, role: str) -> None:
    named = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {named}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {named}")


def _readers(connection: BaseDatabaseWrapper) -> list[str]:
    """Roles that may use the schema as it is, without its owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolname FROM pg_namespace n, aclexplode(n.nspacl) a"
            " JOIN pg_roles r ON r.oid = a.grantee"
            " WHERE n.nspname = %s AND a.grantee <> n.nspowner GROUP BY 1",
            [SCHEMA],
        )
        return [row[0] for row in cursor.fetchall()]


# The views ----------------------------------------------------------------------------


def _models() -> Iterator[type[models.Model]]:
    return (apps.get_model(name) for name in SHOWN)


def _blank(label: str) -> set[str]:
    """Columns of a model that hold words of persons, or secrets."""
    places = [place for place in (*OF_CASE, *OF_PARTY) if place.model == label]
    words = {name for place in places for name in (*place.columns, *place.files)}
    kept = {name for model, name in READABLE if model == label}
    return (words | {*NEVER.get(label, ())}) - kept


def _view(model: type[models.Model]) -> str:
    table, blank = model._meta.db_table, _blank(model._meta.label)
    columns = []
    for field in model._meta.concrete_fields:
        name = f'"{field.column}"'
        if field.name in blank:
            columns.append(f"NULL::{field.db_type(connections['default'])} AS {name}")
        elif (model._meta.label, field.name) in READABLE:
            columns.append(f"CASE WHEN barrier = '' THEN {name} ELSE '' END AS {name}")
        else:
            columns.append(name)
    name, listed = f"{SCHEMA}.{table}", ", ".join(columns)
    return f"CREATE VIEW {name} AS SELECT {listed} FROM public.{table}"  # noqa: S608


# Around migrations --------------------------------------------------------------------


def _stands(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [SCHEMA])
        return cursor.fetchone() is not None


def before_migrate(using: str, plan: object = (), **_kwargs: object) -> None:
    """Signal handler: empty the schema, keep it and who may use it."""
    connection = connections[using]
    if plan and connection.vendor == "postgresql" and _stands(connection):
        with connection.cursor() as cursor:
            for model in _models():
                table = model._meta.db_table
                cursor.execute(f"DROP VIEW IF EXISTS {SCHEMA}.{table}")


def after_migrate(sender: AppConfig, using: str, **_kwargs: object) -> None:
    """Signal handler: where there is a role that reads, the views follow the tables."""
    connection = connections[using]
    if connection.vendor == "postgresql" and _stands(connection):
        install(using)
