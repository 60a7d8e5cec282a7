"""Addresses of documents."""

from django.urls import path

from enduse.documents import views

app_name = "documents"
urlpatterns = [
    path("", views.documents, name="list"),
    path("attach/", views.attach, name="attach"),
    path("<int:pk>/", views.download, name="download"),
]
