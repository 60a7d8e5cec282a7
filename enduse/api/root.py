"""The API's root: who is asking, how a refusal is said, and the floors' routers."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer, SessionAuth

from enduse import __version__, clock
from enduse.accounts.models import ApiToken, User
from enduse.refusals import Invalid, NotPermitted, Problem, Refused

NOTE_USE_EVERY = timedelta(minutes=1)


class Bearer(HttpBearer):
    """`Authorization: Bearer eu_...`: a live token; a reading token only reads."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        known = ApiToken.objects.select_related("user").filter(digest=ApiToken.digest_of(token)).first()
        if known is None or not known.is_live or not known.user.is_active:
            return None
        if known.scope == ApiToken.READ and request.method not in {"GET", "HEAD"}:
            raise NotPermitted(_("This token only reads."), _("Make one that writes."))
        if known.last_used_at is None or clock.now() - known.last_used_at > NOTE_USE_EVERY:
            ApiToken.objects.filter(pk=known.pk).update(last_used_at=clock.now())
        request.user = known.user
        return known.user


class Session(SessionAuth):
    """The browser's own session, with the CSRF token that any form needs."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user if request.user.is_authenticated and request.user.is_active else None


api = NinjaAPI(
    title="enduse", version=__version__, auth=[Bearer(), Session()], docs_url=None, urls_namespace="api",
    description="The whole life of a legally exported firearm. Every refusal says its rule, its reason and its remedy.",
)

for floor in settings.FLOORS:
    if find_spec(f"enduse.{floor}.api"):
        api.add_router(f"/{floor}/", import_module(f"enduse.{floor}.api").router)


def _reply(request: HttpRequest, status: int, body: dict[str, Any]) -> HttpResponse:
    return api.create_response(request, body, status=status)


@api.exception_handler(NotPermitted)
def _not_permitted(request: HttpRequest, refusal: NotPermitted) -> HttpResponse:
    return _reply(request, 403, _words(refusal))


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    return _reply(request, 409, _words(refusal))


def _words(refusal: Refused) -> dict[str, Any]:
    return {"refused": {"rule": refusal.rule, "reason": refusal.reason, "remedy": refusal.remedy}}


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return _reply(request, 401, {"refused": {
        "rule": None, "reason": _("Nobody is signed in here, or the token ended or was stopped."),
        "remedy": _("Send a live token as 'Authorization: Bearer ...', or sign in.")}})


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework itself refuses: a session's POST without its CSRF token (403), a body that is no JSON (400)."""
    remedy = _("Send what the API's description asks for.")
    if error.status_code == 403:
        remedy = _("Send the CSRF token of the page in X-CSRFToken, or use a token.")
    return _reply(request, error.status_code, {"refused": {"rule": None, "reason": str(error), "remedy": remedy}})


@api.exception_handler(Invalid)
def _invalid(request: HttpRequest, invalid: Invalid) -> HttpResponse:
    return _reply(request, 422, {"invalid": {"total": invalid.total, "problems": [problem.as_dict() for problem in invalid.problems]}})


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = [
        Problem(str(each["msg"]), field=".".join(str(part) for part in each["loc"][2:] or each["loc"])).as_dict() for each in error.errors
    ]
    return _reply(request, 422, {"invalid": {"total": len(problems), "problems": problems}})


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return _reply(request, 404, {"refused": {"rule": None, "reason": _("Nothing here that you may see."), "remedy": ""}})
