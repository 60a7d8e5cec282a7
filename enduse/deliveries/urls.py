from django.urls import path

from enduse.deliveries import duty_views, views

app_name = "deliveries"
urlpatterns = [
    path("", views.consignments, name="consignments"),
    path("declare/", views.declare, name="declare"),
    path("duties/", duty_views.listed, name="duties"),
    path("duties/tell/", duty_views.tell, name="tell_duties"),
    path("<str:reference>/", views.consignment, name="consignment"),
    path("<str:reference>/ship/", views.ship, name="ship"),
    path("<str:reference>/cancel/", views.cancel, name="cancel"),
    path("<str:reference>/receive/", views.receive, name="receive"),
    path("<str:reference>/verify/", views.verify, name="verify"),
]
