from django.urls import path

from parentis.web.cases import pages
from parentis.web.recommendations import views
from parentis.web.recommendations.casework import KIND

urlpatterns = [
    path("", views.register, name="recommendations"),
    path("overdue", views.overdue, name="recommendations-overdue"),
    path("places", views.places, name="recommendations-places"),
    path("export.xlsx", views.export, name="recommendations-export"),
    path("blank.xlsx", views.blank, name="recommendations-blank"),
    path("import", views.import_file, name="recommendations-import"),
    path("new", views.new, name="recommendation-new"),
    path("<int:pk>/", views.recommendation, name="recommendation"),
    path("<int:pk>/owners", views.owners, name="recommendation-owners"),
    path("<int:pk>/text", views.text, name="recommendation-text"),
    *pages.urls(KIND),
    path("gradings/", views.gradings, name="gradings"),
    path("gradings/new", views.new_grading, name="gradings-new"),
    path("groups/", views.groups, name="groups"),
    path("groups/new", views.new_group, name="groups-new"),
    path("groups/<int:pk>/", views.group, name="group"),
    path("groups/<int:pk>/members", views.add_member, name="group-member"),
    path("groups/<int:pk>/members/<int:member>/left", views.member_left, name="group-member-left"),
    path("groups/<int:pk>/meetings", views.add_meeting, name="group-meeting"),
    path("groups/<int:pk>/pack", views.pack, name="group-pack"),
    path("groups/<int:pk>/pack.xlsx", views.pack_xlsx, name="group-pack-xlsx"),
]
