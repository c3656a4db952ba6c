"""`emergency_access`: give a role for some hours out of hours, with a reason on the record."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from parentis.errors import UserError
from parentis.web.people.emergency import give_emergency_access
from parentis.web.people.models import Organisation


class Command(BaseCommand):
    help = (
        "Give somebody a role for some hours, without a second person; auditors and data-protection officers are told."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("organisation", help="Its short name, as in the address of its page.")
        parser.add_argument("role")
        parser.add_argument("--why", required=True)
        parser.add_argument("--hours", type=int, default=8)

    def handle(self, *args: Any, **options: Any) -> None:
        place = Organisation.objects.filter(slug=options["organisation"]).first()
        if place is None:
            raise CommandError(f"There is no organisation {options['organisation']!r}.")
        try:
            given = give_emergency_access(
                email=options["email"], organisation=place, role=options["role"], why=options["why"],
                hours=options["hours"],
            )  # fmt: skip
        except UserError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{given} until {given.until:%Y-%m-%d %H:%M} UTC.")
