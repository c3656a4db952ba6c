from django.urls import path

from parentis.web.forecasts.views import SCENARIOS, compare

urlpatterns = [*SCENARIOS.urls(), path("compare/", compare, name="forecasts-compare")]
