from django.urls import path

from enduse.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.reports, name="list"),
    path("new/", views.new, name="new"),
    path("claims/", views.claims, name="claims"),
    path("<str:reference>/", views.report, name="report"),
    path("<str:reference>/publish/", views.publish, name="publish"),
]
