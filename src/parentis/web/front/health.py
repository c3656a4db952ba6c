"""Health checks: what the site needs before it can serve, and what else must work.

Each app declares its own checks in a module `health_checks`: `CHECKS`, name → a function that is true while all is
well. A failed check does not take a web process out of service, because it can still serve, but an operator must be
alerted: point the monitoring at `/health/watch`.
"""

import importlib
import importlib.util
import logging

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

log = logging.getLogger(__name__)


def failed_checks() -> list[str]:
    """Names of what is missing: `database`, `migrations`, `home`, and nothing else, because the endpoint is public."""
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


def failing() -> list[str]:
    """Names of the checks that fail: `worker`, `calls`, `mail`. A check that raises an error has failed."""
    found = []
    for app in settings.INSTALLED_APPS:
        if app.startswith("parentis.web.") and importlib.util.find_spec(f"{app}.health_checks"):
            for name, passes in importlib.import_module(f"{app}.health_checks").CHECKS.items():
                try:
                    well = passes()
                except DatabaseError:
                    log.exception("a health check could not be made")
                    well = False
                if not well:
                    found.append(name)
    return sorted(found)


def pending_migrations() -> list[str]:
    """Migrations of this version that have not been applied to the database."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
