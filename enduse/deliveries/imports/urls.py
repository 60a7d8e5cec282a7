"""Addresses of notified imports, within those of deliveries."""

from django.urls import path

from enduse.deliveries.imports import views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.notify, name="notify_import"),
    path("imports/record/", views.record, name="record_import"),
    path("imports/<str:reference>/", views.notified, name="import"),
    path("imports/<str:reference>/withdraw/", views.withdraw, name="withdraw_import"),
    path("licences/<str:reference>/imports/", views.under, name="imports_under"),
]
