from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "parentis.web.jobs"
    label = "jobs"
