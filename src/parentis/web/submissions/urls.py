from django.urls import path

from parentis.web.submissions import child_views, decision_views, findings_views, rule_views, views

PUBLISHED = {"published": True}

urlpatterns = [
    path("", views.listing, name="submissions"),
    path("hand-in/", views.hand_in, name="submissions-hand-in"),
    path("published/", views.published, name="submissions-published"),
    path("published/hand-in/", views.hand_in_published, name="submissions-published-hand-in"),
    path("published/jobs/<uuid:pk>/", views.published_job, name="submissions-published-job"),
    path("published/<str:submission_id>/", decision_views.published_one, name="submissions-published-one"),
    path("published/<str:submission_id>/accept", decision_views.accept, PUBLISHED, name="submissions-published-accept"),
    path("published/<str:submission_id>/reject", decision_views.reject, PUBLISHED, name="submissions-published-reject"),
    path(
        "published/<str:submission_id>/reverse", decision_views.reverse, PUBLISHED, name="submissions-published-reverse"
    ),
    path(
        "published/<str:submission_id>/changes", decision_views.changes, PUBLISHED, name="submissions-published-changes"
    ),
    path("jobs/<uuid:pk>/", views.job, name="submissions-job"),
    path("templates/", views.templates, name="submissions-templates"),
    path("templates/<str:return_id>/<str:period>.xlsx", views.template, name="submissions-template"),
    path("rules/", rule_views.changes, name="submissions-rules"),
    path("rules/<str:code>/", rule_views.rule, name="submissions-rule"),
    path("<str:submission_id>/", decision_views.one, name="submissions-one"),
    path("<str:submission_id>/findings/", findings_views.findings, name="submissions-findings"),
    path("<str:submission_id>/children/", decision_views.children, name="submissions-children"),
    path("<str:submission_id>/child/", child_views.child, name="submissions-child"),
    path("<str:submission_id>/explain", child_views.explained, name="submissions-explain"),
    path("<str:submission_id>/worklist/", findings_views.worklist, name="submissions-worklist"),
    path("<str:submission_id>/worklist.xlsx", findings_views.worklist_xlsx, name="submissions-worklist-xlsx"),
    path("<str:submission_id>/findings.<str:form>", findings_views.report, name="submissions-report"),
    path("<str:submission_id>/accept", decision_views.accept, name="submissions-accept"),
    path("<str:submission_id>/reject", decision_views.reject, name="submissions-reject"),
    path("<str:submission_id>/reverse", decision_views.reverse, name="submissions-reverse"),
    path("<str:submission_id>/changes", decision_views.changes, name="submissions-changes"),
    path("<str:submission_id>/release", decision_views.release, name="submissions-release"),
    path("<str:submission_id>/refuse", decision_views.refuse, name="submissions-refuse"),
]
