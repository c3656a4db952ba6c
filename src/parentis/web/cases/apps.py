from functools import partial

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CasesConfig(AppConfig):
    name = "parentis.web.cases"
    label = "cases"
    verbose_name = "Cases"

    def ready(self) -> None:
        from parentis.web.audit.triggers import guard_table

        guard = partial(guard_table, table="cases_entry")
        post_migrate.connect(guard, sender=self, weak=False, dispatch_uid="guard the history of cases")
