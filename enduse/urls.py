"""Every address of the product: each floor under its own prefix."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

PREFIXES = {
    "parties": "parties/",
    "documents": "documents/",
    "alerts": "alerts/",
    "screening": "screening/",
    "measures": "measures/",
    "licensing": "licensing/",
    "custody": "custody/",
    "deliveries": "deliveries/",
    "monitoring": "monitoring/",
    "tracing": "tracing/",
    "diversion": "diversion/",
    "lab": "lab/",
    "reports": "reports/",
    "ledger": "log/",
}


def _has(module: str) -> bool:
    return find_spec(module) is not None


urlpatterns: list[URLPattern | URLResolver] = [path("", include("enduse.web.urls"))]
if _has("enduse.accounts.urls"):
    urlpatterns.append(path("accounts/", include("enduse.accounts.urls")))
urlpatterns.append(path("accounts/", include("allauth.urls")))
urlpatterns.extend(path(prefix, include(f"enduse.{floor}.urls")) for floor, prefix in PREFIXES.items() if _has(f"enduse.{floor}.urls"))
if _has("enduse.api.root"):
    urlpatterns.append(path("api/", import_module("enduse.api.root").api.urls))
