"""Addresses of alerts."""

from django.urls import path

from enduse.alerts import views

app_name = "alerts"
urlpatterns = [path("", views.alerts, name="list"), path("<int:pk>/", views.alert, name="alert")]
