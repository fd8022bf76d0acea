"""The last ring: the database itself refuses what the one door did not do.

Installed after every migrate on SQLite and PostgreSQL. A state or version may only
change together with the event that says so; a row is born in its first state; an
event follows the one before it; what was recorded is neither edited nor deleted,
only emptied where a person is erased. A database owner can drop triggers: that is
what the hash chain and its seal are for.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "recourse_"


@dataclass(frozen=True)
class Machine:
    """A table whose rows have a state; ``kind`` is its name in the events."""

    table: str
    kind: str
    initial: str


MACHINES = (
    Machine("complaints_complaint", "complaint", "received"),
    Machine("complaints_remedy", "remedy", "proposed"),
    Machine("appeals_appeal", "appeal", "lodged"),
    Machine("appeals_referral", "referral", "open"),
)

KEPT_TABLES = (
    "complaints_complaint",
    "complaints_remedy",
    "appeals_appeal",
    "complaints_event",
    "complaints_eventtext",
    "complaints_stream",
    "complaints_rawmessage",
    "complaints_message",
    "complaints_letter",
    "complaints_evidence",
    "complaints_decision",
    "complaints_point",
    "complaints_signoff",
    "complaints_payout",
    "complaints_instruction",
    "complaints_compliancenote",
    "complaints_partymerge",
    "appeals_fileditem",
    "appeals_panelseat",
    "appeals_referral",
    "appeals_arbitratorseat",
    "appeals_arbitratorlink",
    "appeals_arbitratorquestion",
    "appeals_arbitratororder",
    "appeals_declaredtie",
    "appeals_award",
    "complaints_ledgerroot",
    "compliance_snapshot",
    "compliance_frozentally",
)
"""Tables whose rows nobody deletes."""

FROZEN_COLUMNS: dict[str, tuple[str, ...]] = {
    "complaints_event": ("*",),
    "complaints_signoff": ("*",),
    "complaints_ledgerroot": ("*",),
    "compliance_frozentally": ("*",),
    "compliance_snapshot": (
        *("month", "version", "made_at", "rows", "checksum", "reason"),
    ),
    "complaints_eventtext": ("event_id", "name"),
    "complaints_rawmessage": ("provider", "account", "external_id", "raw_sha256"),
    "complaints_letter": ("complaint_id", "kind", "version", "language", "sha256"),
    "complaints_evidence": (
        "complaint_id",
        "number",
        "kind",
        "records",
        "content_type",
        "size",
        "sha256",
        "derived_from_id",
        "added_by_id",
        "brought_as",
        "added_at",
    ),
    "complaints_payout": ("remedy_id", "idempotency_key"),
    "complaints_instruction": ("remedy_id", "what", "key", "ordered_by_id"),
    "complaints_compliancenote": (
        "complaint_id",
        "violation",
        "rule",
        "made_by_id",
        "made_at",
    ),
    "complaints_complaint": ("reference", "profile_key"),
    "complaints_message": ("complaint_id", "direction", "author_id", "at"),
    "complaints_partymerge": ("absorbed_id", "survivor_id", "basis", "moved"),
    "appeals_fileditem": (
        "appeal_id",
        "number",
        "kind",
        "object_id",
        "sha256",
        "dated",
    ),
    "appeals_panelseat": ("appeal_id", "user_id", "seat", "seated_at"),
    "appeals_referral": (
        *("complaint_id", "appeal_id", "route", "kind", "referred_at"),
        *("consent_version", "consent_sha256", "consented_by_id", "wanted"),
    ),
    "appeals_arbitratorseat": ("referral_id", "arbitrator_id", "seat", "appointed_at"),
    "appeals_arbitratorlink": (
        *("seat_id", "bundle_id", "token_hash", "made_by_id", "made_at", "until"),
    ),
    "appeals_arbitratorquestion": (
        *("referral_id", "number", "seat_id", "side", "asked_at", "answer_by"),
    ),
    "appeals_arbitratororder": (
        *("referral_id", "number", "seat_id", "side", "made_at", "due_at"),
    ),
    "appeals_declaredtie": (
        *("arbitrator_id", "kind", "party_id", "user_id", "complaint_id"),
        "declared_at",
    ),
    "appeals_appeal": (
        "complaint_id",
        "decision_id",
        "lodged_at",
        "lodged_by_id",
        "in_time",
        "file_seq",
        "file_head",
    ),
    # A remedy is signed off as it was written; another sum is another remedy.
    "complaints_remedy": (
        "complaint_id",
        "decision_id",
        "kind",
        "on_acceptance",
        "amount",
        "asset",
        "rate",
        "rate_at",
        "reporting_value",
        "reporting_currency",
        "executor",
    ),
}
"""Columns that keep their first value; ``*`` is the whole row."""

EMPTIED_COLUMNS: dict[str, tuple[str, ...]] = {
    "appeals_fileditem": ("title",),
    "appeals_arbitratorquestion": ("text",),
    "appeals_arbitratororder": ("text",),
    "complaints_eventtext": ("text",),
    "complaints_compliancenote": ("text",),
    "complaints_evidence": ("file", "original_name", "source", "reason"),
    "complaints_letter": ("subject", "body"),
    "complaints_message": ("text", "full_text"),
    "complaints_partymerge": ("reason",),
    "complaints_remedy": ("description", "destination"),
}
"""Columns that may be emptied when a person is erased, and not changed otherwise."""


def _state_condition(machine: Machine) -> str:
    # The names stand in this module; none comes from outside.
    return (
        "EXISTS (SELECT 1 FROM complaints_event e"  # noqa: S608
        f" WHERE e.object_type = '{machine.kind}' AND e.object_id = NEW.id"
        " AND e.object_version = NEW.version"
        " AND e.source = OLD.state AND e.target = NEW.state)"
    )


def _rules() -> list[tuple[str, str, str, str, str]]:
    """(name, table, moment, condition that is refused, message) of every trigger."""
    rules: list[tuple[str, str, str, str, str]] = []
    for machine in MACHINES:
        rules += _machine_rules(machine)
    for table in KEPT_TABLES:
        rules.append(
            (f"{table}_kept", table, "BEFORE DELETE", "1 = 1", "rows are never deleted")
        )
    for table, columns in FROZEN_COLUMNS.items():
        rules.append(
            (
                f"{table}_frozen",
                table,
                "BEFORE UPDATE",
                _changed(columns),
                "what was recorded is not changed",
            )
        )
    for table, columns in EMPTIED_COLUMNS.items():
        changed = " OR ".join(
            f"(NEW.{name} <> OLD.{name} AND NEW.{name} <> '')" for name in columns
        )
        rules.append(
            (f"{table}_emptied", table, "BEFORE UPDATE", changed, "may only be emptied")
        )
    rules.append(_proposed_rule())
    rules.append(_chain_rule())
    rules.append(_sealed_file_rule())
    rules += _reviewer_rules()
    rules.append(_panel_rule())
    rules += _figures_rules()
    rules.append(_arbitrator_rule())
    rules += _award_rules()
    return rules


def _machine_rules(machine: Machine) -> list[tuple[str, str, str, str, str]]:
    moved = "(NEW.state <> OLD.state OR NEW.version <> OLD.version)"
    lawful = f"(NEW.version = OLD.version + 1 AND {_state_condition(machine)})"
    return [
        (
            f"{machine.table}_born",
            machine.table,
            "BEFORE INSERT",
            f"NEW.state <> '{machine.initial}' OR NEW.version <> 0",
            "a row is born in its first state",
        ),
        (
            f"{machine.table}_moved",
            machine.table,
            "BEFORE UPDATE",
            f"{moved} AND NOT {lawful}",
            "a state changes only with its event",
        ),
    ]


def _proposed_rule() -> tuple[str, str, str, str, str]:
    """What was proposed is signed as it stands; another wording is another number."""
    texts = ("summary", "reasons", "what_changes", "departure_reason")
    edited = " OR ".join(
        f"(NEW.{name} <> OLD.{name} AND NEW.{name} <> '')" for name in texts
    )
    chosen = ("complaint_id", "number", "outcome", "cause", "departs", "proposed_by_id")
    table = "complaints_decision"
    return (
        f"{table}_proposed",
        table,
        "BEFORE UPDATE",
        f"OLD.status <> 'draft' AND ({edited} OR {_changed(chosen)})",
        "what was proposed is not changed",
    )


def _chain_rule() -> tuple[str, str, str, str, str]:
    follows = (
        "NEW.previous = COALESCE((SELECT e.sha256 FROM complaints_event e"
        " WHERE e.stream = NEW.stream AND e.seq = NEW.seq - 1), '')"
    )
    return (
        "complaints_event_chained",
        "complaints_event",
        "BEFORE INSERT",
        f"NOT ({follows}) OR (NEW.seq > 1 AND NEW.previous = '')",
        "an event follows the one before it",
    )


def _sealed_file_rule() -> tuple[str, str, str, str, str]:
    """The file of an appeal is whole when its lodging stands on the ledger."""
    lodged = (
        "EXISTS (SELECT 1 FROM appeals_appeal a JOIN complaints_event e"
        " ON e.stream = 'complaint:' || a.complaint_id AND e.seq > a.file_seq"
        " WHERE a.id = NEW.appeal_id AND e.what = 'appeal_lodged')"
    )
    table = "appeals_fileditem"
    words = "the file of an appeal is sealed"
    return (f"{table}_sealed", table, "BEFORE INSERT", lodged, words)


def _reviewer_rules() -> list[tuple[str, str, str, str, str]]:
    """A reviewer belongs to the appeals team and never acted on the case."""
    member = (
        "EXISTS (SELECT 1 FROM teams_membership m JOIN teams_team t"
        " ON t.id = m.team_id WHERE t.code = 'appeals'"
        " AND m.user_id = NEW.reviewer_id)"
    )
    acted = (
        "EXISTS (SELECT 1 FROM complaints_event e"
        " WHERE e.stream = 'complaint:' || NEW.complaint_id"
        " AND e.actor_id = NEW.reviewer_id AND e.seq <= NEW.file_seq)"
    )
    seated = (
        "EXISTS (SELECT 1 FROM appeals_panelseat s WHERE s.appeal_id = NEW.id"
        " AND s.user_id = NEW.reviewer_id AND s.left_at IS NULL)"
    )
    wrong = f"NOT {member} OR {acted} OR {seated}"
    named = f"NEW.reviewer_id IS NOT NULL AND ({wrong})"
    fresh = f"COALESCE(OLD.reviewer_id, 0) <> NEW.reviewer_id AND {named}"
    words = "a reviewer never touched the case"
    table = "appeals_appeal"
    return [
        (f"{table}_reviewer_new", table, "BEFORE INSERT", named, words),
        (f"{table}_reviewer_set", table, "BEFORE UPDATE", fresh, words),
    ]


def _panel_rule() -> tuple[str, str, str, str, str]:
    """A member of a panel is what a reviewer is, and another person."""
    member = (
        "EXISTS (SELECT 1 FROM teams_membership m JOIN teams_team t"
        " ON t.id = m.team_id WHERE t.code = 'appeals' AND m.user_id = NEW.user_id)"
    )
    mine = "FROM appeals_appeal a WHERE a.id = NEW.appeal_id"
    presides = f"EXISTS (SELECT 1 {mine} AND a.reviewer_id = NEW.user_id)"
    acted = (
        "EXISTS (SELECT 1 FROM appeals_appeal a JOIN complaints_event e"
        " ON e.stream = 'complaint:' || a.complaint_id AND e.seq <= a.file_seq"
        " WHERE a.id = NEW.appeal_id AND e.actor_id = NEW.user_id)"
    )
    table = "appeals_panelseat"
    refused = f"NOT {member} OR {presides} OR {acted}"
    words = "a member of a panel never touched the case"
    return (f"{table}_independent", table, "BEFORE INSERT", refused, words)


def _figures_rules() -> list[tuple[str, str, str, str, str]]:
    """A signature under figures stands, and nothing is added to what was signed."""
    signed = "OLD.signed_at IS NOT NULL"
    late = (
        "EXISTS (SELECT 1 FROM compliance_snapshot s WHERE s.id = NEW.snapshot_id"
        " AND s.signed_at IS NOT NULL)"
    )
    words = "figures that are signed off are not changed"
    return [
        (
            "compliance_snapshot_signed",
            "compliance_snapshot",
            "BEFORE UPDATE",
            signed,
            words,
        ),
        (
            "compliance_frozentally_late",
            "compliance_frozentally",
            "BEFORE INSERT",
            late,
            words,
        ),
    ]


def _arbitrator_rule() -> tuple[str, str, str, str, str]:
    """Nobody sits on a case from outside who is tied to it, or has a seat here."""
    case = (
        "FROM appeals_referral r JOIN complaints_complaint c ON c.id = r.complaint_id"
        " WHERE r.id = NEW.referral_id"
    )
    acted = (
        "SELECT e.actor_id FROM complaints_event e"
        " WHERE e.stream = 'complaint:' || c.id"
    )
    tied = (
        "EXISTS (SELECT 1 FROM appeals_declaredtie t WHERE"  # noqa: S608
        " t.arbitrator_id = NEW.arbitrator_id AND t.lifted_at IS NULL"
        " AND (t.kind = 'company' OR EXISTS (SELECT 1"
        f" {case} AND (t.complaint_id = c.id OR t.party_id = c.customer_id"
        f" OR t.user_id IN ({acted})))))"
    )
    works = (
        "EXISTS (SELECT 1 FROM appeals_arbitrator a"
        " JOIN teams_user u ON LOWER(u.email) = LOWER(a.email)"
        " JOIN teams_membership m ON m.user_id = u.id"
        " WHERE a.id = NEW.arbitrator_id)"
    )
    table = "appeals_arbitratorseat"
    words = "an arbitrator is tied to nobody in the case"
    refused = f"{tied} OR {works}"
    return (f"{table}_independent", table, "BEFORE INSERT", refused, words)


def _award_rules() -> list[tuple[str, str, str, str, str]]:
    """Once made, an award says what it said: no word changes, no row comes or goes."""
    rules = []
    words = "an award that was made is not changed"
    for table in ("appeals_awardpoint", "appeals_awardedremedy"):
        for moment, row in (("INSERT", "NEW"), ("DELETE", "OLD")):
            made = (
                "EXISTS (SELECT 1 FROM appeals_award a"  # noqa: S608
                f" WHERE a.id = {row}.award_id AND a.sha256 <> '')"
            )
            name = f"{table}_{moment.lower()}_sealed"
            rules.append((name, table, f"BEFORE {moment}", made, words))
    changed = " OR ".join(
        f"(NEW.{name} <> OLD.{name} AND NEW.{name} <> '')"
        for name in ("summary", "reasons", "sha256")
    )
    sealed = f"OLD.sha256 <> '' AND ({changed})"
    rules.append(
        ("appeals_award_sealed", "appeals_award", "BEFORE UPDATE", sealed, words)
    )
    return rules


def _changed(columns: tuple[str, ...]) -> str:
    if columns == ("*",):
        return "1 = 1"
    return " OR ".join(
        f"(NEW.{name} <> OLD.{name} OR (NEW.{name} IS NULL) <> (OLD.{name} IS NULL))"
        for name in columns
    )


# The two databases ------------------------------------------------------------------


def _sqlite(name: str, table: str, moment: str, refused: str, message: str) -> str:
    return (
        f'CREATE TRIGGER "{PREFIX}{name}" {moment} ON "{table}" FOR EACH ROW'
        f" WHEN {refused} BEGIN SELECT RAISE(ABORT, 'recourse: {message}'); END"
    )


def _postgres(name: str, table: str, moment: str, refused: str, message: str) -> str:
    returned = "OLD" if moment == "BEFORE DELETE" else "NEW"
    return f"""
        CREATE OR REPLACE FUNCTION {PREFIX}{name}() RETURNS trigger AS $body$
        BEGIN
            IF {refused} THEN
                RAISE EXCEPTION 'recourse: {message}'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN {returned};
        END $body$ LANGUAGE plpgsql;
        DROP TRIGGER IF EXISTS {PREFIX}{name} ON {table};
        CREATE TRIGGER {PREFIX}{name} {moment} ON {table}
            FOR EACH ROW EXECUTE FUNCTION {PREFIX}{name}();
    """


def _postgres_truncate(table: str) -> str:
    return f"""
        CREATE OR REPLACE FUNCTION {PREFIX}no_truncate() RETURNS trigger AS $body$
        BEGIN
            RAISE EXCEPTION 'recourse: rows are never deleted'
                USING ERRCODE = 'integrity_constraint_violation';
        END $body$ LANGUAGE plpgsql;
        DROP TRIGGER IF EXISTS {PREFIX}{table}_truncate ON {table};
        CREATE TRIGGER {PREFIX}{table}_truncate BEFORE TRUNCATE ON {table}
            EXECUTE FUNCTION {PREFIX}no_truncate();
    """


def install(using: str = "default") -> None:
    """Create every trigger whose table is there; existing ones are replaced."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for rule in _rules():
            if rule[1] not in tables:
                continue
            if connection.vendor == "sqlite":
                cursor.execute(f'DROP TRIGGER IF EXISTS "{PREFIX}{rule[0]}"')
                cursor.execute(_sqlite(*rule))
            else:
                cursor.execute(_postgres(*rule))
        if connection.vendor == "postgresql":
            for table in sorted(set(KEPT_TABLES) & tables):
                cursor.execute(_postgres_truncate(table))


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
    wanted = {f"{PREFIX}{rule[0]}" for rule in _rules() if rule[1] in tables}
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
