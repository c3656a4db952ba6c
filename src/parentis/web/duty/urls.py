from django.urls import path

from parentis.web.duty import views

urlpatterns = [
    path("", views.places, name="duty"),
    path("<str:gss>/", views.desks, name="duty-desks"),
    path("<str:gss>/rota.xlsx", views.export, name="duty-export"),
    path("<str:gss>/import", views.import_file, name="duty-import"),
    path("<str:gss>/hours", views.hours, name="duty-hours"),
    path("<str:gss>/turn", views.shift, name="duty-turn"),
    path("<str:gss>/turns/<int:pk>/off", views.remove_shift, name="duty-turn-off"),
    path("<str:gss>/rung", views.escalation_step, name="duty-rung"),
    path("<str:gss>/rungs/<int:pk>/off", views.remove_escalation_step, name="duty-rung-off"),
]
