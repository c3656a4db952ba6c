"""`custody_suites`: load the list of suites from a CSV. An existing code is updated; none is deleted."""

import csv
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.db import transaction

from parentis import region
from parentis.errors import UserError
from parentis.web.audit.recorder import record
from parentis.web.custody.models import Suite
from parentis.web.people.models import Organisation
from parentis.web.people.roles import Kind

COLUMNS = ("code", "name", "force", "command", "authority", "open")
"""A column `postcode` is accepted too: a child who gives the police station's postcode as home has given no home."""


class Command(BaseCommand):
    help = f"Load custody suites from a CSV with the columns {', '.join(COLUMNS)}."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    @transaction.atomic
    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
        except (OSError, UnicodeDecodeError):
            raise CommandError(f"{file} cannot be read: give a CSV in UTF-8.") from None
        if not rows or set(COLUMNS) - set(rows[0]):
            raise CommandError(f"The file needs the columns {', '.join(COLUMNS)} and a row.")
        for number, row in enumerate(rows, start=2):
            try:
                self._keep(row)
            except (UserError, Organisation.DoesNotExist) as error:
                raise CommandError(f"Line {number}: {error}. Nothing was changed.") from None
        record(who=None, what="custody-suites:loaded", detail={"suites": len(rows)})
        self.stdout.write(f"{len(rows)} suites.")

    def _keep(self, row: dict[str, str]) -> None:
        force = Organisation.objects.get(slug=row["force"], kind=Kind.POLICE)
        Suite.objects.update_or_create(
            code=row["code"],
            defaults={
                "name": row["name"], "force": force, "command": region.footprint(row["command"]).id,
                "authority": region.authority(row["authority"]).gss, "is_open": row["open"].casefold() != "no",
                "postcode": row.get("postcode") or "",
            },
        )  # fmt: skip
