from django.apps import AppConfig


class AuditSearchConfig(AppConfig):
    name = "parentis.web.audit_search"
    label = "audit_search"
    verbose_name = "Search of the audit record"
