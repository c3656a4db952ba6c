from django.urls import path

from parentis.web.people import access_views, views

urlpatterns = [
    path("", views.organisations, name="people"),
    path("me/", views.me, name="people-me"),
    path("join/<str:secret>/", views.join, name="people-join"),
    path("add-organisation/", views.add_organisation, name="people-add-organisation"),
    path("acting/", access_views.acting, name="people-acting"),
    path("access/", access_views.access, name="people-access"),
    path("in/<slug:slug>/access.csv", access_views.access_list, name="people-access-list"),
    path("in/<slug:slug>/access/reviewed", access_views.reviewed, name="people-access-reviewed"),
    path("in/<slug:slug>/requests/<int:pk>", access_views.decide, name="people-decide"),
    path("in/<slug:slug>/", views.organisation, name="people-organisation"),
    path("in/<slug:slug>/invitations/<int:pk>/withdraw", views.withdraw, name="people-withdraw"),
    path("in/<slug:slug>/roles/<int:pk>/take", views.take_role, name="people-take-role"),
    path("in/<slug:slug>/people/<int:pk>/remove", views.remove, name="people-remove"),
    path("in/<slug:slug>/people/<int:pk>/reset-codes", views.reset_codes, name="people-reset-codes"),
]
