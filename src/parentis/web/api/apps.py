from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "parentis.web.api"
    label = "api"
    verbose_name = "API"
