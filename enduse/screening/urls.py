"""Addresses of screening."""

from django.urls import path

from enduse.screening import views

app_name = "screening"
urlpatterns = [
    path("", views.lists, name="lists"),
    path("lists/<int:pk>/", views.list_version, name="list"),
    path("hits/", views.hits, name="hits"),
    path("hits/<int:pk>/", views.hit, name="hit"),
    path("parties/<int:pk>/", views.party, name="party"),
    path("parties/<int:pk>/screen/", views.screen, name="screen"),
]
