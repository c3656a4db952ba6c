from django.apps import AppConfig


class ForecastsConfig(AppConfig):
    name = "parentis.web.forecasts"
    label = "forecasts"
