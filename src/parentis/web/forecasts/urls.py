from django.urls import path

from parentis.web.forecasts import views

urlpatterns = [
    path("", views.ask, name="forecasts"),
    path("compare/", views.compare, name="forecasts-compare"),
    path("save", views.save, name="forecasts-save"),
    path("<int:pk>/share", views.share, name="forecasts-share"),
]
