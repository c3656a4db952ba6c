from django.urls import include, path
from parentis.web.hubs import views
from parentis.web.hubs.case_types import REQUEST

from parentis.web.cases.register import views as register

urlpatterns = [
    path("", views.start, name="hubs"),
    path("month/<int:year>/<int:month>", views.month, name="hubs-month"),
    path("requests/", include(register.urls(REQUEST))),
]
