from django.urls import path

from parentis.web.api import clients, views
from parentis.web.api.endpoints import api
from parentis.web.service import web_services

for service in web_services().values():
    if service.api is not None:
        service.api.resolve()(api)

urlpatterns = [
    path("api/", api.urls),
    path("oauth/token", clients.token, name="oauth-token"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/make", views.make, name="tokens-make"),
    path("tokens/<int:pk>/withdraw", views.withdraw, name="tokens-withdraw"),
    path("api-docs/", views.docs, name="api-docs"),
]
