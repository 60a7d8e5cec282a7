"""A POST that bears an Idempotency-Key is done once, however often it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import ApiToken, IdempotentReply

LONGEST = 80
FORGOTTEN = 410  # see IdempotentReply.forget_words
KEPT_FOR = timedelta(days=7)
# A first request that has not answered for so long was cut off: its process died, and nothing of it was saved.
CUT_OFF_AFTER = timedelta(minutes=10)


class Idempotency:
    """Middleware over /api/: the first answer is kept and given again to a request with the same key and content.

    Who may not (401, 403) and a fault of the site (500 and up) are not kept: nothing was done, and a retry may fare better.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if request.method != "POST" or not request.path.startswith("/api/") or not key:
            return self.get_response(request)
        if len(key) > LONGEST:
            return _said(422, _("An Idempotency-Key has at most %d characters.") % LONGEST, _("Send a shorter one, such as a UUID."))
        who = _who(request)
        if not who:
            return self.get_response(request)
        fingerprint = fingerprint_of(request)
        mine = _first(who, key, fingerprint)
        if mine is None:
            return _again(IdempotentReply.objects.filter(who=who, key=key).first(), fingerprint)
        response = self.get_response(request)
        if response.status_code in {401, 403} or response.status_code >= 500:
            mine.delete()
        else:
            mine.status, mine.body = response.status_code, response.content
            mine.save(update_fields=["status", "body"])
        return response


def fingerprint_of(request: HttpRequest) -> str:
    """Of the address and the content. The boundary of a form is drawn anew by each sending, so it does not count."""
    content = request.body
    boundary = (request.content_params or {}).get("boundary", "")
    if boundary:
        content = content.replace(boundary.encode(), b"")
    return hashlib.sha256(request.get_full_path().encode() + b"\0" + content).hexdigest()


def _first(who: str, key: str, fingerprint: str) -> IdempotentReply | None:
    """The place for the answer, when this request is the first with its key."""
    mine = IdempotentReply.objects.filter(who=who)
    mine.filter(at__lt=clock.now() - KEPT_FOR).delete()
    mine.filter(key=key, status=None, at__lt=clock.now() - CUT_OFF_AFTER).delete()
    try:
        with transaction.atomic():
            return IdempotentReply.objects.create(who=who, key=key, fingerprint=fingerprint)
    except IntegrityError:
        return None


def _who(request: HttpRequest) -> str:
    """The user who asks; empty when nobody does, whom the API itself turns away."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = ApiToken.objects.select_related("user").filter(digest=ApiToken.digest_of(secret.strip())).first()
        return str(token.user_id) if token is not None and token.is_live and token.user.is_active else ""
    return str(request.user.pk) if request.user.is_authenticated else ""


def _again(known: IdempotentReply | None, fingerprint: str) -> HttpResponse:
    if known is not None and known.status == FORGOTTEN:
        return _said(FORGOTTEN, _("What was answered then was forgotten by order."), _("It was done; nothing is done again."))
    if known is not None and known.fingerprint != fingerprint:
        return _said(422, _("This Idempotency-Key was used for another request."), _("Send a new key with a new request."))
    if known is None or known.status is None:
        return _said(409, _("The first request with this key still runs."), _("Ask again in a moment."))
    return HttpResponse(bytes(known.body or b""), status=known.status, content_type="application/json; charset=utf-8")


def _said(status: int, reason: str, remedy: str) -> HttpResponse:
    return JsonResponse({"refused": {"rule": None, "reason": reason, "remedy": remedy}}, status=status)
