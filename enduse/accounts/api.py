"""Who one is, one's tokens, and the users of the installation."""

from __future__ import annotations

from django.http import Http404
from ninja import Field, Router, Schema

from enduse.accounts import actions
from enduse.accounts.access import Asking
from enduse.accounts.models import User
from enduse.accounts.permissions import ACTIONS, must_see, permit

router = Router(tags=["accounts"])


class MeOut(Schema):
    username: str
    role: str
    may: list[str] = Field(description="The actions that the role does.")


class TokenIn(Schema):
    name: str = Field(description="What the token is for.")
    scope: str = Field("read", description="'read' or 'write'.")
    days: int = Field(90, description="How many days it lives, 1 to 365.")


class TokenOut(Schema):
    name: str
    scope: str
    secret: str = Field(description="Shown this once.")


class UserIn(Schema):
    username: str
    role: str = Field(description="One of the roles, such as licensing_officer.")
    password: str
    full_name: str = ""


class UserOut(Schema):
    username: str
    role: str
    is_active: bool


@router.get("/me", response=MeOut, operation_id="accounts.get_me")
def get_me(request: Asking) -> MeOut:
    """Who is asking, and what the role does."""
    user = request.user
    return MeOut(username=user.username, role=user.role, may=[action for action, roles in ACTIONS.items() if user.role in roles])


@router.post("/tokens", response=TokenOut, operation_id="accounts.make_token")
def make_token(request: Asking, body: TokenIn) -> TokenOut:
    """Make a token of one's own."""
    token, secret = actions.make_token(name=body.name, scope=body.scope, days=body.days, by=request.user)
    return TokenOut(name=token.name, scope=token.scope, secret=secret)


@router.get("/users", response=list[UserOut], operation_id="accounts.list_users")
def list_users(request: Asking) -> list[User]:
    """The users of the installation."""
    must_see(request.user, "user")
    return list(User.objects.order_by("username"))


@router.post("/users", response=UserOut, operation_id="accounts.make_user")
def make_user(request: Asking, body: UserIn) -> User:
    """Make a user in one role."""
    permit(request.user, "accounts.manage_users")
    return actions.make_user(**body.dict(), by=request.user)


@router.post("/users/{username}/close", response=UserOut, operation_id="accounts.close_user")
def close_user(request: Asking, username: str) -> User:
    """The user can no longer sign in."""
    permit(request.user, "accounts.manage_users")
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Http404
    return actions.close_user(user, by=request.user)
