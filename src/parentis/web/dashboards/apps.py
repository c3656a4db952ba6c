from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "parentis.web.dashboards"
    label = "dashboards"
