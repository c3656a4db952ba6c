from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "parentis.web.audit"
    label = "audit"
    verbose_name = "Audit record"

    def ready(self) -> None:
        from parentis.web.audit.triggers import guard_table

        post_migrate.connect(guard_table, sender=self, dispatch_uid="guard the audit record")
