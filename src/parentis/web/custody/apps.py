from django.apps import AppConfig


class CustodyConfig(AppConfig):
    name = "parentis.web.custody"
    label = "custody"
    verbose_name = "Children in custody"
