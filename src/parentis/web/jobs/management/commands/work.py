"""`work`: the worker beside the server."""

import os
from typing import Any

from django.core.management import BaseCommand, call_command
from django.core.management.base import CommandParser

from parentis.web import scheduler
from parentis.web.jobs.queue import enqueue_fit
from parentis.web.jobs.runner import resume_interrupted

NICE = 10
"The worker gives way to people who wait for pages."


class Command(BaseCommand):
    help = "Do jobs until stopped; begins with those that an earlier worker left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", action="store_true", help="Stop when nothing waits.")

    def handle(self, *args: Any, batch: bool = False, **options: Any) -> None:
        if not batch:
            os.nice(NICE)
            scheduler.begin()
        resume_interrupted()
        if not batch:
            enqueue_fit()
        call_command("db_worker", batch=batch, interval=0.5, startup_delay=False, verbosity=0, reload=False)
