from django.urls import include, path

from parentis.web.cases.register import views as register
from parentis.web.child_deaths import views
from parentis.web.child_deaths.case_types import CASE_TYPES

_DEATH, _ACTION = CASE_TYPES

urlpatterns = [
    path("", views.start, name="child-death-review"),
    path("today", views.today, name="child-deaths-today"),
    path("footprints", views.footprints, name="child-death-footprints"),
    path("footprints.csv", views.footprints_csv, name="child-death-footprints-csv"),
    path("level", views.level, name="child-death-level"),
    path("level.csv", views.level_csv, name="child-death-level-csv"),
    path("police", views.police, name="child-death-police"),
    path("signals", views.signals, name="child-death-signals"),
    path("signals.csv", views.signals_csv, name="child-death-signals-csv"),
    path("signals/judge", views.judge, name="child-death-judge"),
    path("signals/budget", views.budget, name="child-death-budget"),
    path("themes", views.themes, name="child-death-themes"),
    path("themes.csv", views.themes_csv, name="child-death-themes-csv"),
    path("cases/", include(register.urls(_DEATH))),
    path("lessons/", include(register.urls(_ACTION))),
]
