"""`custody_hand_over`: start the nightly run by hand."""

from datetime import date
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from parentis.web.custody.retention.lake_export import hand_over


class Command(BaseCommand):
    help = "Export ended detentions to the lake without identities: new ones, or whole months."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", action="append", help="As 2026-11; can be repeated.")

    def handle(self, *args: Any, month: list[str] | None = None, **options: Any) -> None:
        try:
            months = [date.fromisoformat(f"{one}-01") for one in month] if month else None
        except ValueError:
            raise CommandError("Give a month as 2026-11.") from None
        outcomes = hand_over(months)
        for one in outcomes:
            self.stdout.write(f"{one.status}: {one.title}{f': {one.error}' if one.error else ''}")
        if not outcomes:
            self.stdout.write("Nothing to export.")
