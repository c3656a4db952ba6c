"""Database triggers that refuse to change or delete an entry."""

from typing import Any

SQLITE = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'entries are never changed'; END $$;
CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
"""


def guard_table(*, table: str = "audit_entry", using: str = "default", **_: Any) -> None:
    """Add the triggers to `table`, after the tables are created; safe to repeat."""
    from django.db import connections

    connection = connections[using]
    if table not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL.format(table=table))
        else:
            for verb in ("update", "delete"):
                cursor.execute(SQLITE.format(table=table, verb=verb))
