from django.urls import include, path

from parentis.web.cases.register import views as register
from parentis.web.prevention import bid_views, catalogue_views, portfolio_views, promise_views
from parentis.web.prevention.case_types import BID_TYPE, PROMISE_TYPE

urlpatterns = [
    path("", catalogue_views.start, name="prevention"),
    path("catalogue.csv", catalogue_views.csv, name="prevention-catalogue-csv"),
    path("catalogue/<str:entry>/", catalogue_views.entry, name="prevention-entry"),
    path("portfolio/", portfolio_views.portfolio, name="prevention-portfolio"),
    path("portfolio/<str:gss>/work-out", portfolio_views.work_out, name="prevention-portfolio-work-out"),
    path("portfolio/<slug:table>.csv", portfolio_views.csv, name="prevention-portfolio-csv"),
    path("portfolio/<slug:picture>.svg", portfolio_views.picture, name="prevention-portfolio-picture"),
    path("promises/all/", promise_views.promises, name="prevention-promises"),
    path("promises/all/<slug:table>.csv", promise_views.csv, name="prevention-promises-csv"),
    path("promises/all/<slug:picture>.svg", promise_views.picture, name="prevention-promises-picture"),
    path("bids/<int:pk>/work-out", bid_views.work_out, name="bid-work-out"),
    path("bids/<int:pk>/answer", bid_views.answer, name="bid-answer"),
    path("bids/<int:pk>/must-be-true", bid_views.conditions, name="bid-conditions"),
    path("bids/<int:pk>/trial", bid_views.trial, name="bid-trial"),
    path("bids/<int:pk>/<slug:page>/<slug:table>.csv", bid_views.table, name="bid-table"),
    path("bids/<int:pk>/<slug:page>/<slug:picture>.svg", bid_views.picture, name="bid-picture"),
    path("bids/", include(register.urls(BID_TYPE))),
    path("promises/", include(register.urls(PROMISE_TYPE))),
]
