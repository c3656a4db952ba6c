from django.urls import path

from parentis.web.help import data_views, views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("help/glossary/", views.glossary, name="glossary"),
    path("help/methods/", views.methods, name="methods"),
    path("help/privacy/", views.privacy, name="privacy"),
    path("help/contact/", views.contact, name="contact"),
    path("data/", data_views.start, name="data"),
    path("data/<slug:service>.<str:form>", data_views.download, name="data-download"),
]
