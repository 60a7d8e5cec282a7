"""A request of somebody signed in: what the pages' decorators and the API's root make sure of."""

from __future__ import annotations

from django.http import HttpRequest

from enduse.accounts.models import User


class Asking(HttpRequest):
    user: User
