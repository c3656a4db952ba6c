from django.urls import path

from parentis.web.audit_search import views

urlpatterns = [
    path("", views.search, name="audit"),
    path("audit.csv", views.download, name="audit-csv"),
]
