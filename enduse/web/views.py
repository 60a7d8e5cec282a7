"""The pages of no floor: front, desk, search, the rules."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from enduse.licensing.rule_tables import TABLES
from enduse.web.desks import desk as desk_of
from enduse.web.finding import SHORTEST, exactly
from enduse.web.finding import search as find
from enduse.web.front import front, one_life
from enduse.web.navigation import address
from enduse.web.rules import RULES


def home(request: HttpRequest) -> HttpResponse:
    pages = {"life": "web:life", "verify": "licensing:verify", "claims": "reports:claims", "measures": "measures:list", "log": "ledger:log"}
    return render(request, "web/home.html", {"front": front(), "links": {key: address(name) for key, name in pages.items()}})


def life(request: HttpRequest) -> HttpResponse:
    """A public, anonymised example."""
    return render(request, "web/life.html", {"gun": one_life(), "log": address("ledger:log")})


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "web/desk.html", {"desk": desk_of(request.user)})  # type: ignore[arg-type]


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """What was typed into the box on top; a whole reference leads straight to its page."""
    asked = request.GET.get("q", "").strip()
    if asked and (url := exactly(request.user, asked)):  # type: ignore[arg-type]
        return redirect(url)
    groups = find(request.user, asked)  # type: ignore[arg-type]
    return render(request, "web/search.html", {"asked": asked, "groups": groups, "too_short": len(asked) < SHORTEST})


def rules(request: HttpRequest) -> HttpResponse:
    return render(request, "web/rules.html", {"rules": RULES, "tables": [(table.name, table.title) for table in TABLES.values()]})
