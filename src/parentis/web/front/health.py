"""What must be there before the site can serve."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def ailments() -> list[str]:
    """Names of what is missing: `database`, `migrations`, `home`, and no more, since anybody may ask."""
    found = []
    try:
        if pending_migrations():
            found.append("migrations")
    except DatabaseError:
        found.append("database")
    from parentis.archive import find_home

    if not settings.IS_DEMO and not find_home().path.is_dir():
        found.append("home")
    return found


def pending_migrations() -> list[str]:
    """Migrations of this version that the database does not have yet."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
