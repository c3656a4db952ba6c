"""The database itself refuses to change or delete an entry."""

from typing import Any

SQLITE = """
CREATE TRIGGER IF NOT EXISTS audit_entry_no_{verb} BEFORE {verb} ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit entries are never changed'; END $$;
CREATE OR REPLACE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse();
"""


def guard_table(*, using: str = "default", **_: Any) -> None:
    """Put the triggers on, after the tables are made; again and again does no harm."""
    from django.db import connections

    connection = connections[using]
    if "audit_entry" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL)
        else:
            for verb in ("update", "delete"):
                cursor.execute(SQLITE.format(verb=verb))
