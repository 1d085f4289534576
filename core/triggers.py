"""The triggers that make the audit tables append-only, on SQLite and on PostgreSQL.

Used by the migration, and by the tests that flush: those lift the triggers and put them back through one fixture.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("core_auditentry", "core_auditseal")
REFUSAL = "The audit trail is append-only."


def protect(connection: BaseDatabaseWrapper) -> None:
    """Refuse update, delete and truncate on the audit tables from now on."""
    with connection.cursor() as cursor:
        for statement in _creation(connection.vendor):
            cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away (tests only, and the migration's way back)."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for verb in _verbs(connection.vendor):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")


def _verbs(vendor: str) -> tuple[str, ...]:
    return ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")


def _creation(vendor: str) -> list[str]:
    if vendor == "postgresql":
        function = (
            "CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        return [function] + [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change()"
            for table in TABLES
            for verb in _verbs(vendor)
        ]
    return [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for table in TABLES
        for verb in _verbs(vendor)
    ]
