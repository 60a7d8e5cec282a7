from django.urls import path

from enduse.deliveries import customs_views, duty_views, return_views, views
from enduse.deliveries.imports import urls as import_urls

app_name = "deliveries"
urlpatterns = [
    path("", views.consignments, name="consignments"),
    path("declare/", views.declare, name="declare"),
    path("duties/", duty_views.listed, name="duties"),
    path("duties/tell/", duty_views.tell, name="tell_duties"),
    path("returns/", return_views.returns, name="returns"),
    path("returns/<int:period>/file/", return_views.file, name="file_return"),
    path("customs/", customs_views.border, name="border"),
    path("customs/report/", customs_views.report, name="customs_report"),
    path("customs/differences/", customs_views.differences, name="differences"),
    *import_urls.urlpatterns,
    path("<str:reference>/", views.consignment, name="consignment"),
    path("<str:reference>/ship/", views.ship, name="ship"),
    path("<str:reference>/cancel/", views.cancel, name="cancel"),
    path("<str:reference>/receive/", views.receive, name="receive"),
    path("<str:reference>/verify/", views.verify, name="verify"),
]
