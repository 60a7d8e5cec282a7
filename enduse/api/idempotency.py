"""A POST that bears an Idempotency-Key is done once, however often it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from enduse.accounts.models import ApiToken, IdempotentReply


class Idempotency:
    """Middleware over /api/: the first answer below 500 is kept and given again to a request with the same key and content."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if request.method != "POST" or not request.path.startswith("/api/") or not key:
            return self.get_response(request)
        who = _who(request)
        if not who or len(key) > 80:
            return self.get_response(request)
        fingerprint = hashlib.sha256(request.path.encode() + b"\0" + request.body).hexdigest()
        try:
            with transaction.atomic():
                mine = IdempotentReply.objects.create(who=who, key=key, fingerprint=fingerprint)
        except IntegrityError:
            return _again(IdempotentReply.objects.get(who=who, key=key), fingerprint)
        response = self.get_response(request)
        if response.status_code >= 500:
            mine.delete()
        else:
            mine.status, mine.body = response.status_code, response.content
            mine.save(update_fields=["status", "body"])
        return response


def _who(request: HttpRequest) -> str:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        return ApiToken.digest_of(secret)
    return str(request.user.pk) if request.user.is_authenticated else ""


def _again(known: IdempotentReply, fingerprint: str) -> HttpResponse:
    if known.fingerprint != fingerprint:
        return _said(422, _("This Idempotency-Key was used for another request."), _("Send a new key with a new request."))
    if known.status is None:
        return _said(409, _("The first request with this key still runs."), _("Ask again in a moment."))
    return HttpResponse(bytes(known.body or b""), status=known.status, content_type="application/json; charset=utf-8")


def _said(status: int, reason: str, remedy: str) -> HttpResponse:
    return JsonResponse({"refused": {"rule": None, "reason": reason, "remedy": remedy}}, status=status)
