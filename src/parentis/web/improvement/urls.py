from django.urls import include, path

from parentis.web.cases.register import views as register
from parentis.web.improvement import board_views, own_views, peer_views, views
from parentis.web.improvement.case_types import ACTION, CHALLENGE

urlpatterns = [
    path("", views.borough, name="improvement"),
    path("wall/", views.wall, name="improvement-wall"),
    path("wall.csv", views.wall_csv, name="improvement-wall-csv"),
    path("measures/<str:measure>/", views.measure, name="improvement-measure"),
    path("measures/<str:measure>/<slug:name>.svg", views.chart, name="improvement-chart"),
    path("measures/<str:measure>/table.csv", views.measure_csv, name="improvement-measure-csv"),
    path("boroughs/<str:gss>/explain", views.explain, name="improvement-explain"),
    path("rebase", own_views.rebase_all, name="improvement-rebase-all"),
    path("boroughs/<str:gss>/rebase", own_views.rebase, name="improvement-rebase"),
    path("reconciliation/", own_views.reconciliation, name="improvement-reconciliation"),
    path("boroughs/<str:gss>/difference", own_views.answer, name="improvement-difference"),
    path("boroughs/<str:gss>/rows/<str:slot>/<str:period>.csv", own_views.rows, name="improvement-rows"),
    path("neighbours/", peer_views.neighbours, name="improvement-neighbours"),
    path("conflicts/", peer_views.conflict_list, name="improvement-conflicts"),
    path("boroughs/<str:gss>/conflict", peer_views.declare, name="improvement-conflict"),
    path("boroughs/<str:gss>/conflict/end", peer_views.end, name="improvement-conflict-end"),
    path("priorities/", board_views.priorities, name="improvement-priorities"),
    path("boroughs/<str:gss>/ballot", board_views.ballot, name="improvement-ballot"),
    path("matching/", board_views.matching, name="improvement-matching"),
    path("matching/start", board_views.start_challenge, name="improvement-start-challenge"),
    path("impact/", board_views.impact, name="improvement-impact"),
    path("challenges/", include(register.urls(CHALLENGE))),
    path("actions/", include(register.urls(ACTION))),
]
