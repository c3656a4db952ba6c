from django.urls import path

from parentis.web.cases import pages
from parentis.web.custody.boards import urls
from parentis.web.custody.case_types import KIND
from parentis.web.custody.desk import views as desk_views
from parentis.web.custody.retention import views as retention_views

urlpatterns = [
    *urls.urlpatterns,
    path("new", desk_views.new, name="custody-new"),
    path("index/", desk_views.indexes, name="custody-indexes"),
    path("<int:pk>/routing", desk_views.routing, name="custody-routing"),
    path("find", retention_views.find, name="custody-find"),
    path("<int:pk>/keeping", retention_views.keeping, name="custody-keeping"),
    path("<int:pk>/copy", retention_views.copy, name="custody-copy"),
    path("<int:pk>/forget", pages.erase, {"kind": KIND}, name="custody-forget"),
]
