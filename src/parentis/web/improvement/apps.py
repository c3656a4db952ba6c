from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    name = "parentis.web.improvement"
    label = "improvement"
