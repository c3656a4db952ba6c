from django.urls import include, path

from parentis.web.cases.register import views as register
from parentis.web.places import answer_views, desk_views, matching_views, register_views
from parentis.web.places.case_types import CASE_TYPES

_REFERRAL, _REQUEST = CASE_TYPES

urlpatterns = [
    path("", answer_views.start, name="places"),
    path("desk", desk_views.desk, name="places-desk"),
    path("asked", desk_views.asked, name="places-asked"),
    path("matching", matching_views.matching, name="places-matching"),
    path("rules", matching_views.rules, name="places-rules"),
    path("rules/<slug:rule>/adopt", matching_views.adopt, name="places-adopt"),
    path("sizing", answer_views.sizing, name="places-sizing"),
    path("sizing.csv", answer_views.sizing_csv, name="places-sizing-csv"),
    path("shares", answer_views.shares, name="places-shares"),
    path("shares.csv", answer_views.shares_csv, name="places-shares-csv"),
    path("register", register_views.register, name="places-register"),
    path("register.csv", register_views.register_csv, name="places-register-csv"),
    path("refusals", register_views.refusals, name="places-refusals"),
    path("refusals.csv", register_views.refusals_csv, name="places-refusals-csv"),
    path("fairness", register_views.fairness, name="places-fairness"),
    path("fairness.csv", register_views.fairness_csv, name="places-fairness-csv"),
    path("paper", answer_views.paper, name="places-paper"),
    path("paper.csv", answer_views.paper_csv, name="places-paper-csv"),
    path("alone/<str:gss>", answer_views.alone, name="places-alone"),
    path("alone/<str:gss>/table.csv", answer_views.alone_csv, name="places-alone-csv"),
    path("referrals/<int:pk>/ask", desk_views.ask, name="referral-ask"),
    path("referrals/<int:pk>/match", matching_views.one, name="referral-match"),
    path("referrals/", include(register.urls(_REFERRAL))),
    path("requests/", include(register.urls(_REQUEST))),
]
