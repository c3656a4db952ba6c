from django.apps import AppConfig


class RecommendationsConfig(AppConfig):
    name = "parentis.web.recommendations"
    label = "recommendations"
    verbose_name = "Inspection recommendations"
