"""The commands for the operators of the site."""

from pathlib import Path
from typing import Annotated

import click

from parentis.cli.declaration import Argument, Entry, Option, Program, entry
from parentis.cli.output import say

ProductionOption = Annotated[
    bool, Option("--production", help="In service: everything secret comes from the environment.")
]


def serve(
    production: ProductionOption = False,
    host: Annotated[str, Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Option("--port", help="Port to listen on.")] = 8000,
    workers: Annotated[int, Option("--workers", help="Processes; about two for each core.")] = 2,
    demo_people: Annotated[bool, Option("--demo-people", help="Make accounts to try it with.")] = False,
) -> None:
    """Serve the site until stopped: on this machine for trying out, or --production."""
    say("Starting the site …")
    from parentis import web

    greeting = f"\nOpen http://{host}:{port} (Ctrl-C stops).\n"
    if demo_people and not production:
        web.set_up(production=False)
        say("Bringing the site's database up to date …")
        web.migrate()
        say("Making practice accounts …")
        greeting = _accounts() + greeting
        say("Making practice cases; the first time this takes a minute or two …")
        web.make_practice_things()
    web.serve(production=production, host=host, port=port, workers=workers, on_start=greeting)


def _accounts() -> str:
    from parentis import web

    made = web.make_demo_people()
    width = max(len(one.email) for one in made)
    lines = [f"  {one.email:<{width}}  {one.organisation}" for one in made]
    return "\n".join(["", f"Demo accounts, all with the password: {web.demo_password()}", *lines, ""])


def migrate(production: ProductionOption = False) -> None:
    """Bring the site's database up to this version."""
    from parentis import web

    web.set_up(production=production)
    web.migrate()
    say("The database is up to date.")


def invite(
    email: Annotated[str, Argument(help="Address of the first administrator.")],
    site: Annotated[str, Option("--site", help="The site's address, such as https://parentis.example.")],
    region: Annotated[str, Option("--region", help="Name of the regional team.")] = "London regional team",
    footprint: Annotated[str, Option("--footprint", help="The authorities it works for.")] = "london",
    production: ProductionOption = False,
) -> None:
    """Invite the first administrator: prints the link, which works once, for seven days."""
    from parentis import web

    web.set_up(production=production)
    click.echo(web.invite_first(email, region_name=region, footprint=footprint, site=site))


def backup(
    file: Annotated[Path, Argument(help="File to write.")],
    production: ProductionOption = False,
) -> None:
    """Write the database and all stored data to one file, encrypted with the master key, which is not in it."""
    from parentis import web

    web.set_up(production=production)
    kept = web.backup(file)
    say(f"Wrote {kept.path}: {kept.files:,} files, {kept.size:,} bytes. Audit record: {kept.audit or 'empty'}")


def restore(file: Annotated[Path, Argument(help="A backup.")], production: ProductionOption = False) -> None:
    """Put a backup back, into an empty home and database. The master key must be in its place."""
    from parentis import web

    web.set_up(production=production)
    kept = web.restore(file)
    say(f"Restored {kept.files:,} files; the audit record is whole to {kept.audit or 'its empty end'}.")
    say("Now put the other keys in their places and run: parentis doctor")


def rotate_key(
    key: Annotated[str, Argument(help="master, custody, register, or an enclave's name: child-deaths.")],
    who: Annotated[str | None, Option("--who", help="Name for the record; default PARENTIS_WHO.")] = None,
    production: ProductionOption = False,
) -> None:
    """Replace a key. Where it comes from the environment, the new one is taken from <variable>_NEW."""
    from parentis import web
    from parentis.cli import common

    web.set_up(production=production)
    new, count = web.rotate(key, who=common.who(who))
    say(f"The {key} key is now {new}; {count:,} things that the site keeps were sealed anew under it.")
    say("Where it comes from the environment: put the new one into its variable everywhere, and restart the site.")
    say("Keep the old one for as long as backups that were made under it.")


def manage() -> None:
    """Run one of Django's own commands: parentis manage check --deploy."""
    from parentis import web

    web.manage(click.get_current_context().args)


def verify(
    noted: Annotated[str | None, Option("--noted", help="sequence:hash, as printed before.")] = None,
    production: ProductionOption = False,
) -> None:
    """Check that no entry of the audit record, nor of any case's history, is missing or changed."""
    from parentis import web

    web.set_up(production=production)
    found = web.verify_record(noted=noted)
    record = found.audit
    say(
        f"{found.cases:,} cases with {found.entries:,} entries in their histories, each as it was written; "
        f"values forgotten on purpose: {found.forgotten:,}."
    )
    say(f"{record.entries:,} audit entries, each as it was written. Note this outside the site, for the next time:")
    click.echo(f"{record.entries}:{record.head}")
    say(f"Anchors outside, each of whose entries still stands: {found.anchors:,}.")


def anchor(production: ProductionOption = False) -> None:
    """Anchor where register and audit record end now, in every place that PARENTIS_ANCHORS names."""
    from parentis import web

    web.set_up(production=production)
    for name in web.anchor(now=True):
        say(name)


def stream(
    since: Annotated[int, Option("--since", help="The last entry that you have.")] = 0,
    production: ProductionOption = False,
) -> None:
    """Print the audit record's entries as lines of JSON, for whoever watches."""
    from parentis import web

    web.set_up(production=production)
    for line in web.lines_since(since):
        click.echo(line)


SECTION = "The site"
_AUDIT = "The record of who did what."
SITE_ENTRIES = (
    *(entry(function, section=SECTION) for function in (serve, migrate, invite, backup, restore, rotate_key)),
    entry(manage, section=SECTION, context_settings={"ignore_unknown_options": True, "allow_extra_args": True}),
    Entry(
        "audit", _AUDIT, lambda: Program("audit", (entry(verify), entry(anchor), entry(stream)), help=_AUDIT), SECTION
    ),
)
