from django.urls import path

from parentis.web.cases import pages
from parentis.web.custody import board_urls, desk_views, keeping_views
from parentis.web.custody.casework import KIND

urlpatterns = [
    *board_urls.urlpatterns,
    path("new", desk_views.new, name="custody-new"),
    path("index/", desk_views.indexes, name="custody-indexes"),
    path("<int:pk>/routing", desk_views.routing, name="custody-routing"),
    path("find", keeping_views.find, name="custody-find"),
    path("<int:pk>/keeping", keeping_views.keeping, name="custody-keeping"),
    path("<int:pk>/copy", keeping_views.copy, name="custody-copy"),
    path("<int:pk>/forget", pages.forget, {"kind": KIND}, name="custody-forget"),
]
