from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "parentis.web.help"
    label = "help"
