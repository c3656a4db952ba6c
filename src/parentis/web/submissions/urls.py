from django.urls import path

from parentis.web.submissions import findings_views, rule_views, views

urlpatterns = [
    path("", views.listing, name="submissions"),
    path("hand-in/", views.hand_in, name="submissions-hand-in"),
    path("published/", views.published, name="submissions-published"),
    path("published/hand-in/", views.hand_in_published, name="submissions-published-hand-in"),
    path("published/jobs/<uuid:pk>/", views.published_job, name="submissions-published-job"),
    path("jobs/<uuid:pk>/", views.job, name="submissions-job"),
    path("templates/", views.templates, name="submissions-templates"),
    path("templates/<str:return_id>/<str:period>.xlsx", views.template, name="submissions-template"),
    path("rules/", rule_views.changes, name="submissions-rules"),
    path("rules/<str:code>/", rule_views.rule, name="submissions-rule"),
    path("<str:submission_id>/", views.one, name="submissions-one"),
    path("<str:submission_id>/findings/", findings_views.findings, name="submissions-findings"),
    path("<str:submission_id>/worklist/", findings_views.worklist, name="submissions-worklist"),
    path("<str:submission_id>/worklist.xlsx", findings_views.worklist_xlsx, name="submissions-worklist-xlsx"),
    path("<str:submission_id>/findings.<str:form>", findings_views.report, name="submissions-report"),
    path("<str:submission_id>/accept", views.accept, name="submissions-accept"),
    path("<str:submission_id>/reject", views.reject, name="submissions-reject"),
    path("<str:submission_id>/release", views.release, name="submissions-release"),
]
