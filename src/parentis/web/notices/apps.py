from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "parentis.web.notices"
    label = "notices"
