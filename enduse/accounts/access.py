"""Who gets to a page at all: decorators over the table of permissions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, permit, scope_of
from enduse.refusals import NotPermitted

View = Callable[..., HttpResponse]


class Asking(HttpRequest):
    """A request that bears a user: behind `needs`, or an endpoint that nobody reaches without signing in."""

    user: User


def needs(action: str) -> Callable[[View], View]:
    """The page is for those whose role does `action`: others are told so (403), the public is asked to sign in."""

    def wrap(view: View) -> View:
        @wraps(view)
        @login_required
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            permit(request.user, action)
            return view(request, *args, **kwargs)

        inner.permission = action
        return inner

    return wrap


def sees_noun(noun: str, *, figures: bool = False, public: bool = False) -> Callable[[View], View]:
    """The page shows `noun`: for roles that see at least some of it (with `figures`, also those who see figures only)."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            scope = scope_of(request.user, noun)
            if scope is Scope.NONE or (scope is Scope.FIGURES and not figures):
                raise NotPermitted(_("Your role does not see this."), _("Ask an officer whose role does."), rule=10)
            return view(request, *args, **kwargs)

        inner.noun, inner.figures, inner.public = noun, figures, public
        return inner if public else login_required(inner)

    return wrap
