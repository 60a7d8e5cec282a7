"""Every address of the product: each floor under its own prefix."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from enduse.api.root import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("enduse.web.urls")),
    path("accounts/", include("enduse.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("alerts/", include("enduse.alerts.urls")),
    path("certificates/", include("enduse.certificates.urls")),
    path("custody/", include("enduse.custody.urls")),
    path("deliveries/", include("enduse.deliveries.urls")),
    path("diversion/", include("enduse.diversion.urls")),
    path("documents/", include("enduse.documents.urls")),
    path("lab/", include("enduse.lab.urls")),
    path("licensing/", include("enduse.licensing.urls")),
    path("log/", include("enduse.ledger.urls")),
    path("measures/", include("enduse.measures.urls")),
    path("monitoring/", include("enduse.monitoring.urls")),
    path("parties/", include("enduse.parties.urls")),
    path("reports/", include("enduse.reports.urls")),
    path("screening/", include("enduse.screening.urls")),
    path("tracing/", include("enduse.tracing.urls")),
    path("api/", api.urls),
]
