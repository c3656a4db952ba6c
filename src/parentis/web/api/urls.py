from django.urls import path

from parentis.web.api import client_views, clients, views
from parentis.web.api.endpoints import api
from parentis.web.service import web_services

for service in web_services().values():
    if service.api is not None:
        service.api.resolve()(api)

urlpatterns = [
    path("api/", api.urls),
    path("oauth/token", clients.token, name="oauth-token"),
    path("oauth/secret", clients.new_secret, name="oauth-secret"),
    path("programs/", client_views.programs, name="programs"),
    path("programs/in/<slug:slug>/<int:pk>/", client_views.program, name="programs-one"),
    path("programs/in/<slug:slug>/<int:pk>/secret", client_views.new_secret, name="programs-secret"),
    path("programs/in/<slug:slug>/<int:pk>/key", client_views.add_key, name="programs-key"),
    path("programs/in/<slug:slug>/<int:pk>/addresses", client_views.addresses, name="programs-addresses"),
    path("programs/in/<slug:slug>/<int:pk>/end/<int:credential>", client_views.end, name="programs-end"),
    path("programs/in/<slug:slug>/<int:pk>/withdraw", client_views.withdraw, name="programs-withdraw"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/make", views.make, name="tokens-make"),
    path("tokens/<int:pk>/withdraw", views.withdraw, name="tokens-withdraw"),
    path("api-docs/", views.docs, name="api-docs"),
]
