from django.apps import AppConfig


class ChildDeathsConfig(AppConfig):
    name = "parentis.web.child_deaths"
    label = "child_deaths"
    default_auto_field = "django.db.models.BigAutoField"
