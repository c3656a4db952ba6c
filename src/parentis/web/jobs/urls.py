from django.urls import path

from parentis.web.jobs import views

urlpatterns = [path("<uuid:pk>/state", views.state, name="jobs-state")]
