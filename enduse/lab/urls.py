from django.urls import path

from enduse.lab import views

app_name = "lab"
urlpatterns = [
    path("", views.scenarios, name="scenarios"),
    path("new/", views.new, name="new"),
    path("<str:reference>/", views.scenario, name="scenario"),
]
