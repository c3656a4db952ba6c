from django.urls import include, path

from parentis.web.adoption import ledger_views, money_views, pool_views, views
from parentis.web.adoption.case_types import LINE
from parentis.web.cases.register import views as register

urlpatterns = [
    path("", views.start, name="adoption"),
    path("waiting/", views.waiting, name="adoption-waiting"),
    path("waiting.csv", views.waiting_csv, name="adoption-waiting-csv"),
    path("timeliness/", views.timeliness, name="adoption-timeliness"),
    path("families/", views.families, name="adoption-families"),
    path("shape/", views.shape, name="adoption-shape"),
    path("pool/<str:gss>/", pool_views.pool, name="adoption-pool"),
    path("money/<str:gss>/", money_views.money, name="adoption-money"),
    path("money/<str:gss>/model.xlsx", money_views.download, name="adoption-money-workbook"),
    path("ledger/<str:gss>/", ledger_views.ledger, name="adoption-ledger"),
    path("lines/", include(register.urls(LINE))),
]
