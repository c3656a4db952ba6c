"""`parentis manage verify_cases`: follow the history of every case."""

from typing import Any

from django.core.management.base import BaseCommand

from parentis.web.cases.history import verify_all


class Command(BaseCommand):
    help = "Check that the history of every case is as it was written."

    def handle(self, *args: Any, **options: Any) -> None:
        cases = entries = forgotten = 0
        for _, found in verify_all():
            cases, entries, forgotten = cases + 1, entries + found.entries, forgotten + found.forgotten
        self.stdout.write(f"{cases} cases, {entries} entries as they were written; {forgotten} values forgotten")
