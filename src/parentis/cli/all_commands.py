"""The whole command line: every command, under its section."""

import click

from parentis.cli.app import ENTRIES
from parentis.cli.declaration import Program
from parentis.cli.service_commands import service_entries
from parentis.cli.site_commands import SITE_ENTRIES
from parentis.version import VERSION

PROGRAM = click.version_option(VERSION, message="%(prog)s %(version)s", help="Print the version and stop.")(
    Program(
        "parentis",
        (*ENTRIES, *service_entries(), *SITE_ENTRIES),
        help="Collects, checks, stores and analyses returns, and publishes figures and evidence packs.",
    )
)
