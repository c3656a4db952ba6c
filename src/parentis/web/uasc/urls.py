from django.urls import path

from parentis.web.uasc import claim_views, response_views, survey_views
from parentis.web.uasc.rates_views import RATES

urlpatterns = [
    path("", survey_views.start, name="uasc"),
    path("survey/begin/<str:gss>", survey_views.begin, name="uasc-survey-begin"),
    path("survey/<str:gss>/<str:period>/", survey_views.overview, name="uasc-survey"),
    path("survey/<str:gss>/<str:period>/volumes", survey_views.volumes, name="uasc-survey-volumes"),
    path("survey/<str:gss>/<str:period>/heading/<str:heading>", survey_views.heading, name="uasc-survey-heading"),
    path("survey/<str:gss>/<str:period>/carry", survey_views.carry, name="uasc-survey-carry"),
    path("survey/<str:gss>/<str:period>/check", survey_views.check, name="uasc-survey-check"),
    path("response/", response_views.response, name="uasc-response"),
    path("response/ask", response_views.ask, name="uasc-ask"),
    path("response/<int:pk>/remind", response_views.remind, name="uasc-remind"),
    path("claim/<str:gss>/<str:period>.<str:form>", claim_views.download, name="uasc-claim"),
    *RATES.urls("rates/"),
]
