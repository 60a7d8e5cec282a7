"""The pages of no floor: front, desk, search, the rules."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enduse.web.rules import RULES


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "web/home.html")


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "web/desk.html")


@login_required
def search(request: HttpRequest) -> HttpResponse:
    return render(request, "web/search.html", {"asked": request.GET.get("q", "").strip()})


def rules(request: HttpRequest) -> HttpResponse:
    return render(request, "web/rules.html", {"rules": RULES})
