"""Every page. Each URL name has an entry in the permission data of its app; a test visits them all."""

from django.urls import include, path

from parentis.web.front import new_authorities, notice_views
from parentis.web.front import views as front
from parentis.web.service import web_services

urlpatterns = [
    path("", front.home, name="home"),
    path("accessibility/", front.accessibility, name="accessibility"),
    path("health/alive", front.alive, name="health-alive"),
    path("health/ready", front.ready, name="health-ready"),
    path("health/watch", front.watch, name="health-watch"),
    path("account/", include("allauth.account.urls")),
    path("account/codes/", include("allauth.mfa.urls")),
    path("account/provider/", include("allauth.socialaccount.urls")),
    path("account/provider/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("people/", include("parentis.web.people.urls")),
    path("audit/", include("parentis.web.audit_search.urls")),
    path("joining/", new_authorities.everybody, name="joining-all"),
    path("joining/<slug:slug>/", new_authorities.joining, name="joining"),
    path("notices/", notice_views.notices, name="notices"),
    path("notices/<int:pk>/", notice_views.open_notice, name="notices-open"),
    path("tasks/", include("parentis.web.task_list.urls")),
    path("jobs/", include("parentis.web.jobs.urls")),
    path("returns/", include("parentis.web.submissions.urls")),
    path("", include("parentis.web.dashboards.urls")),
    path("", include("parentis.web.help.urls")),
    *(path(service.prefix, include(service.urls)) for service in web_services().values()),
    path("", include("parentis.web.api.urls")),
]

handler400 = "parentis.web.errors.bad_request"
handler403 = "parentis.web.errors.not_allowed"
handler404 = "parentis.web.errors.not_found"
handler500 = "parentis.web.errors.broken"
