"""What is done to users: made, closed, given tokens; and the record of sensitive reads."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import ApiToken, SensitiveRead, User
from enduse.accounts.permissions import Role, permit
from enduse.refusals import Invalid, Problem


def make_user(*, username: str, role: str, password: str | None, full_name: str = "", by: User | None) -> User:
    """A new user in one role; without a password it cannot sign in with one.

    `by` is None only when an installation makes its first administrator or its demonstration.
    """
    if by is not None:
        permit(by, "accounts.manage_users")
    if role not in set(Role):
        raise Invalid(Problem(_("There is no such role."), _("Choose one of: %s.") % ", ".join(Role), field="role", found=role))
    if not username or User.objects.filter(username__iexact=username).exists():
        raise Invalid(Problem(_("This user name is empty or taken."), _("Choose another."), field="username", found=username))
    first, _space, last = full_name.partition(" ")
    user = User(username=username, role=role, first_name=first, last_name=last)
    try:
        if password is not None:
            validate_password(password, user)
    except ValidationError as error:
        raise Invalid([Problem(message, field="password") for message in error.messages]) from error
    user.set_password(password)
    user.save()
    return user


def close_user(user: User, *, by: User) -> User:
    """The user can no longer sign in, and its tokens stop; what it did stays."""
    permit(by, "accounts.manage_users")
    with transaction.atomic():
        user.is_active = False
        user.save(update_fields=["is_active"])
        user.tokens.filter(revoked_at=None).update(revoked_at=clock.now())
    return user


def make_token(*, name: str, scope: str, days: int = 90, by: User) -> tuple[ApiToken, str]:
    """A token and its secret, which is shown this once. `days`: how long it lives (1 to 365)."""
    permit(by, "accounts.make_token")
    if scope not in {ApiToken.READ, ApiToken.WRITE}:
        raise Invalid(Problem(_("A token reads or writes."), _("Choose 'read' or 'write'."), field="scope", found=scope))
    if not 1 <= days <= 365:
        raise Invalid(Problem(_("A token lives 1 to 365 days."), field="days", found=str(days)))
    secret = ApiToken.new_secret()
    token = ApiToken.objects.create(
        user=by, name=name[:80] or "token", digest=ApiToken.digest_of(secret), scope=scope,
        expires_at=clock.now() + timedelta(days=days),
    )
    return token, secret


def revoke_token(token: ApiToken, *, by: User) -> ApiToken:
    """The token stops at once."""
    if token.user_id != by.pk:
        permit(by, "accounts.manage_users")
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    return token


def note_read(user: User, noun: str, reference: str) -> None:
    """Record that the user looked at a person, a full serial or an export."""
    SensitiveRead.objects.create(user=user, noun=noun, reference=reference[:120])
