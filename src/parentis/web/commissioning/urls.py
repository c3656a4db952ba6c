from django.urls import include, path

from parentis.web.cases.register import views as register
from parentis.web.commissioning import learning_views, views
from parentis.web.commissioning.case_types import CARD

urlpatterns = [
    path("", views.start, name="commissioning"),
    path("learning/", learning_views.learning, name="commissioning-learning"),
    path("cards/", include(register.urls(CARD))),
    path("<slug:page>/", views.page, name="commissioning-page"),
    path("<slug:page>/<slug:table>.csv", views.table, name="commissioning-table"),
    path("<slug:page>/<slug:picture>.svg", views.picture, name="commissioning-picture"),
]
