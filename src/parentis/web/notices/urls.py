from django.urls import path

from parentis.web.notices import views

urlpatterns = [
    path("", views.notices, name="notices"),
    path("<int:pk>/", views.open_notice, name="notices-open"),
]
