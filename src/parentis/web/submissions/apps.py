from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "parentis.web.submissions"
    label = "submissions"
