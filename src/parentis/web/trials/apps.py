from django.apps import AppConfig


class TrialsConfig(AppConfig):
    name = "parentis.web.trials"
    label = "trials"
