"""Addresses of certificates."""

from django.urls import path

from enduse.certificates import issuing_views, views

app_name = "certificates"
urlpatterns = [
    path("", views.certificates, name="list"),
    path("issue/", issuing_views.issue, name="issue"),
    path("keys/", issuing_views.keys, name="keys"),
    path("keys/trust/", issuing_views.trust, name="trust"),
    path("keys/<int:pk>/end/", issuing_views.end_trust, name="end_trust"),
    path("<int:pk>/", views.certificate, name="certificate"),
    path("<int:pk>/file/", issuing_views.file, name="file"),
    path("<int:pk>/inquire/", views.inquire, name="inquire"),
    path("challenges/<int:pk>/file/", issuing_views.recall_file, name="recall_file"),
    path("challenges/<int:pk>/settle/", views.lift_challenge, name="lift_challenge"),
]
