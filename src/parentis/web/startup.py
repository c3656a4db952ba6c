"""Starting the site: `serve` on the practice region or in production, `migrate`, and Django's own commands."""

import json
import os
import sys
from collections.abc import Sequence

from parentis.errors import NotFoundError, SubmissionStateError

DEMO, PRODUCTION = "parentis.web.settings.demo", "parentis.web.settings.production"
SETTINGS_VARIABLE = "DJANGO_SETTINGS_MODULE"
MATRIX_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Set to 1 before NumPy loads. Disclosure control solves thousands of small systems of equations: with several threads
waiting for one another, a page that needs a third of a second took five, and slowed every other reader."""


def set_up(*, production: bool | None = None) -> None:
    """Load Django with production's settings or the demo's: as `production` says, or PARENTIS_ENV where it is None."""
    import django
    from django.apps import apps

    if apps.ready:
        return
    for variable in MATRIX_THREADS:
        os.environ.setdefault(variable, "1")
    if production is None:
        production = os.environ.get("PARENTIS_ENV") == "production"
    if production:
        os.environ["PARENTIS_ENV"] = "production"
    os.environ.setdefault(SETTINGS_VARIABLE, PRODUCTION if production else DEMO)
    _make_site_folder()
    django.setup()


def _make_site_folder() -> None:
    from parentis.web.settings.environment import site_folder

    site_folder().mkdir(mode=0o700, parents=True, exist_ok=True)


def manage(arguments: Sequence[str]) -> None:
    """Run one of Django's own commands, for administrators of the site: `manage(["check", "--deploy"])`."""
    from django.core.management import execute_from_command_line

    set_up()
    execute_from_command_line(["parentis manage", *arguments])


def migrate() -> None:
    """Bring the database up to this version."""
    from django.core.management import call_command

    set_up()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def serve(*, production: bool, host: str, port: int, workers: int, on_start: str = "") -> None:
    """Run the site until stopped. The demo creates the data it needs; production refuses to start unless ready."""
    set_up(production=production)
    if production:
        _refuse_if_unready()
    else:
        migrate()
    _collect_static()
    if on_start:
        sys.stderr.write(on_start)
    sys.stderr.flush()
    # A fresh process, whose workers are forked from a single thread: earlier code may have started threads of Polars
    # and of the lake, which a fork does not copy and for which every query in a worker would wait.
    asked = json.dumps({"host": host, "port": port, "workers": workers, "production": production})
    os.execv(sys.executable, [sys.executable, "-m", "parentis.web.server", asked])  # noqa: S606 - ourselves


def _refuse_if_unready() -> None:
    from parentis.archive import custody_key, enclave_key, find_home
    from parentis.web.cases.declarations import enclaves
    from parentis.web.cases.models import Case
    from parentis.web.custody.models import Suite
    from parentis.web.front.health import pending_migrations
    from parentis.web.people.initial_accounts import demo_people_here

    if pending_migrations():
        raise SubmissionStateError(
            expected="a database of this version", found="an older or empty one", where="DATABASE_URL",
            do="Make a backup, then run: parentis migrate --production",
        )  # fmt: skip
    if Suite.objects.exists():
        custody_key(find_home())  # refuse now, and not when the first child is detained
    for name, kinds in enclaves().items():
        if Case.objects.filter(kind__in=kinds).exists():
            enclave_key(find_home(), name)
    if demo_people_here():
        raise SubmissionStateError(
            expected="people who were invited", found="accounts of the practice region", where="DATABASE_URL",
            do="Their password is printed in the documentation: use another database.",
        )  # fmt: skip


def _collect_static() -> None:
    from django.core.management import call_command

    from parentis.web.settings.environment import ASSETS_VARIABLE, assets_folder

    styles = assets_folder() / "govuk" / "govuk-frontend.min.css"
    if not styles.is_file():
        raise NotFoundError(
            expected="GOV.UK Frontend", found="nothing", where=str(styles.parent),
            do=f"Run script/demo or script/test once from a checkout, or set {ASSETS_VARIABLE} to where it is.",
        )  # fmt: skip
    call_command("collectstatic", interactive=False, verbosity=0)
