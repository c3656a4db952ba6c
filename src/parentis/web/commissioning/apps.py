from django.apps import AppConfig


class CommissioningConfig(AppConfig):
    name = "parentis.web.commissioning"
    label = "commissioning"
