from django.urls import path

from parentis.web.cases.register import views as register
from parentis.web.recommendations import views
from parentis.web.recommendations.case_types import RECOMMENDATION

urlpatterns = [
    *register.urls(RECOMMENDATION),
    path("gradings/", views.gradings, name="gradings"),
    path("gradings/new", views.new_grading, name="gradings-new"),
]
