"""Addresses of measures."""

from django.urls import path

from enduse.measures import views

app_name = "measures"
urlpatterns = [
    path("", views.measures, name="list"),
    path("new/", views.new, name="new"),
    path("<str:reference>/", views.measure, name="measure"),
    path("<str:reference>/edit/", views.edit, name="edit"),
    path("<str:reference>/propose/", views.propose, name="propose"),
    path("<str:reference>/enact/", views.enact, name="enact"),
    path("<str:reference>/lift/", views.lift, name="lift"),
]
