from django.urls import path

from parentis.web.task_list import views

urlpatterns = [
    path("", views.listing, name="tasks"),
    path("digest", views.choose_digest, name="tasks-digest"),
]
