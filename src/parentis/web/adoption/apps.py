from django.apps import AppConfig


class AdoptionConfig(AppConfig):
    name = "parentis.web.adoption"
    label = "adoption"
