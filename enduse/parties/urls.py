"""Addresses of parties."""

from django.urls import path

from enduse.parties import views

app_name = "parties"
urlpatterns = [
    path("", views.parties, name="list"),
    path("names/", views.names, name="names"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.party, name="party"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/links/new/", views.link, name="link"),
    path("<int:pk>/links/<int:link_pk>/end/", views.end_link, name="end_link"),
    path("<int:pk>/addresses/new/", views.add_address, name="add_address"),
    path("<int:pk>/addresses/<int:address_pk>/end/", views.end_address, name="end_address"),
    path("<int:pk>/members/new/", views.add_member, name="add_member"),
    path("<int:pk>/personnel/", views.personnel, name="personnel"),
]
