from django.urls import path

from parentis.web.forecasts.views import SCENARIOS, compare, download

urlpatterns = [
    *SCENARIOS.urls(),
    path("compare/", compare, name="forecasts-compare"),
    path("download/", download, name="forecasts-download"),
]
