"""Who signed in, read with the party that the person acts for: nearly every page asks for both."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from enduse.accounts.models import User
from enduse.parties.models import remember_party


class WithParty:
    """Reads the user of a session and the party in one query."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("membership__party").filter(pk=user_id).first()
        if user is None or not user.is_active:
            return None
        membership = getattr(user, "membership", None)
        remember_party(user, membership.party if membership is not None else None)
        return user


class ByPassword(WithParty, ModelBackend):  # type: ignore[misc]
    """A user name and a password."""


class ByAccount(WithParty, AuthenticationBackend):  # type: ignore[misc]
    """As the pages of signing in do it, with a second factor where there is one."""
