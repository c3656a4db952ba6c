from django.urls import path

from parentis.web.people import views

urlpatterns = [
    path("", views.organisations, name="people"),
    path("me/", views.me, name="people-me"),
    path("join/<str:secret>/", views.join, name="people-join"),
    path("add-organisation/", views.add_organisation, name="people-add-organisation"),
    path("in/<slug:slug>/", views.organisation, name="people-organisation"),
    path("in/<slug:slug>/invitations/<int:pk>/withdraw", views.withdraw, name="people-withdraw"),
    path("in/<slug:slug>/roles/<int:pk>/take", views.take_role, name="people-take-role"),
    path("in/<slug:slug>/people/<int:pk>/remove", views.remove, name="people-remove"),
    path("in/<slug:slug>/people/<int:pk>/reset-codes", views.reset_codes, name="people-reset-codes"),
]
