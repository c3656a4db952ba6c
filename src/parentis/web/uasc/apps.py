from django.apps import AppConfig


class UascConfig(AppConfig):
    name = "parentis.web.uasc"
    label = "uasc"
