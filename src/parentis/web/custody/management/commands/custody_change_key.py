"""`custody_change_key`: replace the enclave's key."""

import os
from typing import Any

from django.core.management import BaseCommand, CommandError

from parentis.archive import CUSTODY_VARIABLE, parse_key
from parentis.errors import IntegrityError, UserError
from parentis.web.custody.retention.key_rotation import rotate

NEW_VARIABLE = f"{CUSTODY_VARIABLE}_NEW"


class Command(BaseCommand):
    help = (
        "Seal everything in the custody enclave under another key. Stop the site first. The new key is taken from "
        f"{NEW_VARIABLE} (64 hex digits); where the old one lies in the home's own file, one can be made."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        in_home, given = not os.environ.get(CUSTODY_VARIABLE), os.environ.get(NEW_VARIABLE, "")
        if not in_home and not given:
            raise CommandError(f"Put the new key in {NEW_VARIABLE}: the old one is in {CUSTODY_VARIABLE}.")
        try:
            done = rotate(parse_key(given, "custody", NEW_VARIABLE) if given else None, in_home=in_home)
        except UserError as error:
            raise CommandError(f"Expected {error.expected}, found {error.found}. {error.do}") from error
        except IntegrityError as error:
            raise CommandError(f"{error}. Nothing of it was changed.") from error
        self.stdout.write(
            f"Key {done.old} was replaced by {done.new}: {done.values} values of {done.cases} cases, "
            f"{done.on_indexes} children on indexes."
        )
        if not in_home:
            self.stdout.write(f"Now put the new key in {CUSTODY_VARIABLE}, destroy the old one, and start the site.")
