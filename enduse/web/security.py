"""What every answer carries for the browser's own guards, and refusals shown as pages that say what to do."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from enduse.refusals import Invalid, NotPermitted, Problem, Refused

Next = Callable[[HttpRequest], HttpResponse]

# No inline script or style anywhere; images may be data: because the QR code of two-factor set-up is one.
POLICY = "; ".join((
    "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
    "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
))
FEATURES = "accelerometer=(), camera=(self), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"


class ContentSecurityPolicy:
    """The strict policy on every answer of the application."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", FEATURES)
        return response


class RefusalsAsPages:
    """NotPermitted is a 403 page, Refused a 409, Invalid a 422, a body over the limit a 413. The API answers for itself."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > settings.ENDUSE_UPLOAD_LIMIT_MB * 1_000_000:
            return too_large(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, NotPermitted):
            return render(request, "403.html", {"refusal": exception}, status=403)
        if isinstance(exception, Refused):
            return render(request, "409.html", {"refusal": exception}, status=409)
        if isinstance(exception, Invalid):
            return render(request, "422.html", {"invalid": exception}, status=422)
        if isinstance(exception, RequestDataTooBig):
            return too_large(request)
        return None


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdigit() else 0


def too_large(request: HttpRequest) -> HttpResponse:
    """413, with the limit and the way round it."""
    limit = settings.ENDUSE_UPLOAD_LIMIT_MB
    if request.path.startswith("/api/"):
        problem = Problem(_("What was sent is larger than %(limit)d MB.") % {"limit": limit}, _("Send it in parts, each under that size."))
        return JsonResponse({"invalid": {"total": 1, "problems": [problem.as_dict()]}}, status=413)
    return render(request, "413.html", {"limit_mb": limit}, status=413)
