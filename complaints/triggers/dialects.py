"""A rule as each of the two databases spells it."""

from complaints.triggers.rule import Rule

PREFIX = "recourse_"


def sqlite(rule: Rule) -> str:
    name, table, moment, refused, message = rule
    return (
        f'CREATE TRIGGER "{PREFIX}{name}" {moment} ON "{table}" FOR EACH ROW'
        f" WHEN {refused} BEGIN SELECT RAISE(ABORT, 'recourse: {message}'); END"
    )


def postgres(rule: Rule) -> str:
    name, table, moment, refused, message = rule
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


def postgres_truncate(table: str) -> str:
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
