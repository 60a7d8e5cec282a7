"""Tokens of one's own, the users of the installation, and the table of who may do what."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from enduse.accounts import actions
from enduse.accounts.access import Asking, needs, sees_noun
from enduse.accounts.forms import TokenForm, UserForm
from enduse.accounts.models import ApiToken, User
from enduse.accounts.permissions import ACTIONS, NOUNS, ROLE_NAMES, Role, Scope, permit
from enduse.pages import attempt, page_of, say, visible_or_404


@needs("accounts.make_token")
@require_http_methods(["GET", "POST"])
def tokens(request: Asking) -> HttpResponse:
    """One's own tokens; a new one is shown once, on the page that made it."""
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        made = attempt(request, form, lambda: actions.make_token(**form.cleaned_data, by=request.user))
        if made is not None:
            secret, form = made[1], TokenForm()
    return render(request, "accounts/tokens.html", {"form": form, "secret": secret, "own": request.user.tokens.order_by("-pk")})


@needs("accounts.make_token")
@require_POST
def revoke(request: Asking, pk: int) -> HttpResponse:
    actions.revoke_token(visible_or_404(ApiToken.objects.filter(user=request.user), pk=pk), by=request.user)
    say(request, _("The token stopped working."))
    return redirect("accounts:tokens")


# Roles that see something only through the party that they act for.
ACTING = {role.value for role in Role if any(scopes[role] in {Scope.OWN_PARTY, Scope.OWN_END_USER, Scope.ADVICE_ASKED} for scopes in NOUNS.values())}


@sees_noun("user")
@require_http_methods(["GET", "POST"])
def users(request: Asking) -> HttpResponse:
    """Who may sign in, in which role; the administrator adds and closes."""
    may_manage = request.user.role in ACTIONS["accounts.manage_users"]
    form = UserForm(request.POST or None) if may_manage else None
    if request.method == "POST":
        permit(request.user, "accounts.manage_users")
        if form is not None and form.is_valid() and _made(request, form):
            say(request, _("The user was made."))
            return redirect("accounts:users")
    rows = User.objects.select_related("membership__party").order_by("username")
    return render(request, "accounts/users.html", {"page": page_of(request, rows), "form": form, "acting": ACTING})


def _made(request: Asking, form: UserForm) -> User | None:
    return attempt(request, form, lambda: actions.make_user(**form.cleaned_data, by=request.user))


@needs("accounts.manage_users")
@require_POST
def close(request: Asking, pk: int) -> HttpResponse:
    actions.close_user(visible_or_404(User.objects.all(), pk=pk), by=request.user)
    say(request, _("The user can no longer sign in."))
    return redirect("accounts:users")


@needs("accounts.make_token")
def permissions(request: Asking) -> HttpResponse:
    """The table itself: what the code asks is what the page shows."""
    roles = list(Role)
    return render(request, "accounts/permissions.html", {
        "roles": [ROLE_NAMES[role] for role in roles],
        "actions": [(action, [role in allowed for role in roles]) for action, allowed in ACTIONS.items()],
        "nouns": [(noun, [scopes[role].value for role in roles]) for noun, scopes in NOUNS.items()],
    })
