from django.urls import include, path

from parentis.web.cases.register import views as register
from parentis.web.cohort import child_views, definition_views, evaluation_views, views
from parentis.web.cohort.case_types import ASSESSMENT, OBJECTION

urlpatterns = [
    path("", views.start, name="cohort"),
    path("part/<str:part>/", views.part, name="cohort-part"),
    path("csv/<str:sheet>/", views.part_csv, name="cohort-csv"),
    path("replay/", definition_views.replay, name="cohort-replay"),
    path("replay/ask", definition_views.ask, name="cohort-replay-ask"),
    path("definitions/", definition_views.listed, name="cohort-definitions"),
    path("definitions/new/", definition_views.new, name="cohort-definition-new"),
    path("definitions/<int:pk>/decide", definition_views.decide, name="cohort-definition-decide"),
    path("definitions/<int:pk>.toml", definition_views.file, name="cohort-definition-file"),
    path("identification/", evaluation_views.page, name="cohort-evaluation"),
    path("identification/<str:sheet>.csv", evaluation_views.sheet_csv, name="cohort-evaluation-csv"),
    path("identification/<str:gss>/child/", child_views.find, name="cohort-find"),
    path("identification/<str:gss>/child/<str:child>/", child_views.child, name="cohort-child"),
    path("identification/<str:gss>/child/<str:child>/object", child_views.object_to, name="cohort-object"),
    path("assessments/", include(register.urls(ASSESSMENT))),
    path("objections/", include(register.urls(OBJECTION))),
]
