from django.urls import include, path

from parentis.web.cases.register import views as register
from parentis.web.places import desk_views
from parentis.web.places.case_types import CASE_TYPES

_REFERRAL, _REQUEST = CASE_TYPES

urlpatterns = [
    path("desk", desk_views.desk, name="places-desk"),
    path("asked", desk_views.asked, name="places-asked"),
    path("referrals/<int:pk>/ask", desk_views.ask, name="referral-ask"),
    path("referrals/", include(register.urls(_REFERRAL))),
    path("requests/", include(register.urls(_REQUEST))),
]
