from django.apps import AppConfig


class CohortConfig(AppConfig):
    name = "parentis.web.cohort"
    label = "cohort"
