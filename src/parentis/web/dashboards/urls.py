from django.urls import path

from parentis.web.dashboards import origin_views, pack_version_views, pack_views, views

urlpatterns = [
    path("figures/", views.start, name="figures"),
    path("figures/quality/", views.quality, name="figures-quality"),
    path("figures/measures/", views.measures, name="figures-measures"),
    path("figures/comment/<str:gss>/", views.comment, name="figures-comment"),
    path("figures/origins/<str:provenance_id>/", origin_views.origin, name="figures-origin"),
    path("figures/origins/<str:provenance_id>/rows/<str:submission_id>/", origin_views.rows, name="figures-rows"),
    path(
        "figures/origins/<str:provenance_id>/published/<str:submission_id>/",
        origin_views.published_rows,
        name="figures-published-rows",
    ),
    path("figures/<str:page>/", views.page, name="figures-page"),
    path("figures/<str:page>/charts/<slug:name>.svg", views.chart, name="figures-chart"),
    path("figures/<str:page>/data/<slug:name>.csv", views.data, name="figures-csv"),
    path("packs/", pack_views.packs, name="packs"),
    path("packs/check/", pack_version_views.check, name="packs-check"),
    path("packs/<uuid:pk>/version/", pack_version_views.begin, name="packs-version-new"),
    path("packs/versions/<uuid:version>/", pack_version_views.version, name="packs-version"),
    path("packs/versions/<uuid:version>/sign/", pack_version_views.sign, name="packs-version-sign"),
    path("packs/versions/<uuid:version>/freeze/", pack_version_views.freeze, name="packs-version-freeze"),
    path("packs/versions/<uuid:version>/read/<path:name>", pack_version_views.read, name="packs-version-read"),
    path("packs/versions/<uuid:version>/zip/", pack_version_views.download, name="packs-version-zip"),
    path("packs/<uuid:pk>/", pack_views.one, name="packs-one"),
    path("packs/<uuid:pk>/read/<path:name>", pack_views.read, name="packs-read"),
    path("packs/<uuid:pk>/download/<str:name>", pack_views.download, name="packs-download"),
]
