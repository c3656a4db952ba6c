"""`api_client`: credentials for a program that signs in for itself, such as a force's custody system."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from parentis.errors import UserError
from parentis.web.api.clients import make_client, withdraw_client
from parentis.web.people.models import Organisation


class Command(BaseCommand):
    help = "Create an API client and print its id and secret once; or revoke one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", help="The program, and where it runs.")
        parser.add_argument("--organisation", help="Slug of the organisation it acts for.")
        parser.add_argument("--role", default="custody-officer")
        parser.add_argument("--scope", action="append", default=None, help="Can be repeated.")
        parser.add_argument("--withdraw", metavar="ID", help="Revoke this client and its tokens.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["withdraw"]:
            if not withdraw_client(options["withdraw"]):
                raise CommandError("There is no active client with this id.")
            self.stdout.write("Client revoked.")
            return
        organisation = Organisation.objects.filter(slug=options["organisation"] or "").first()
        if organisation is None or not options["name"]:
            known = ", ".join(Organisation.objects.values_list("slug", flat=True))
            raise CommandError(f"Give --name, and --organisation as one of: {known}.")
        try:
            client, secret = make_client(
                name=options["name"], organisation=organisation, role=options["role"],
                scopes=options["scope"] or ["custody"],
            )  # fmt: skip
        except UserError as error:
            raise CommandError(f"Expected {error.expected}, found {error.found}.") from error
        self.stdout.write(f"client_id     {client.client_id}\nclient_secret {secret}\n")
