from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "parentis.web.duty"
    label = "duty"
    verbose_name = "Duty desks"
