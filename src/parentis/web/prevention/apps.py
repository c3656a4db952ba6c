from django.apps import AppConfig


class PreventionConfig(AppConfig):
    name = "parentis.web.prevention"
    label = "prevention"
