"""A request of somebody signed in: what the pages' decorators and the API's root make sure of."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

from enduse.accounts.models import User


class Asking(HttpRequest):
    user: User


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: a POST even when it says nothing, else None."""
    return request.POST if request.method == "POST" else None
