"""Pages of advisories: the list that is also the officers' queue, a new one, one of them, its answer, its letter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, may, scope_of
from enduse.documents.actions import attach as keep_document
from enduse.documents.queries import documents
from enduse.licensing import caselists
from enduse.licensing.advisories import actions, queries
from enduse.licensing.advisories.forms import AdvisoriesFilter, AnswerForm, AskForm, AttachForm, GoodsForms, WithdrawForm
from enduse.licensing.advisories.letter import letter_of
from enduse.licensing.advisories.models import NO_APPROVAL, Advisory
from enduse.licensing.letter_views import or_told
from enduse.licensing.models import Application
from enduse.pages import attempt, csv_download, page_of, say, visible_or_404
from enduse.parties import directory
from enduse.parties.models import party_of
from enduse.refusals import Refused
from enduse.screening.actions import screen as screen_party
from enduse.screening.queries import NOT_SCREENED, STALE, PartyState, state_of

COPIED = ("name", "party_kind", "country", "address", "contact", "birth_date", "business", "reason")


def find(request: HttpRequest, reference: str) -> Advisory:
    return visible_or_404(queries.advisories(request.user), reference=reference)


@sees_noun("advisory")
@require_GET
def advisories(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("state", "search")}
    rows = queries.advisories(request.user, **asked)
    is_officer = scope_of(request.user, "advisory") is Scope.ALL
    if request.GET.get("format") == "csv":
        note_read(request.user, "advisory", "export of the list")
        return csv_download("enquiries", ["reference", "state", "asked_on", "due_on", "asked_by", "name", "country", "answer"], (
            [each.reference, each.state, each.recorded_at.date().isoformat(), each.due_on.isoformat(), each.asked_by.name, each.name, each.country,
             each.answer.outcome if each.state == Advisory.ANSWERED else ""] for each in rows))
    page = page_of(request, rows)
    return render(request, "licensing/advisories/advisories.html", {
        "page": page, "filter_form": AdvisoriesFilter(request.GET or None, user=request.user), "export": True, "is_officer": is_officer,
        "listed": [(each, due_in_words(each) if is_officer else "") for each in page]})


def due_in_words(advisory: Advisory) -> str:
    """How long an officer has for what waits."""
    if advisory.state != Advisory.ASKED:
        return ""
    left = caselists.days_until(advisory.due_on) or 0
    if left < 0:
        return ngettext("overdue by %d working day", "overdue by %d working days", -left) % -left
    return ngettext("due in %d working day", "due in %d working days", left) % left if left else _("due today")


@needs("licensing.ask_advisory")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask; with ?copy= an earlier enquiry of one's own is what the form begins with."""
    earlier = find(request, request.GET["copy"]) if request.GET.get("copy") else None
    form = AskForm(request.POST or None, initial={name: getattr(earlier, name) for name in COPIED} if earlier else None)
    goods = GoodsForms(request.POST or None, prefix="goods", initial=earlier.goods if earlier else None)
    if request.method == "POST" and form.is_valid() and goods.is_valid():
        named = form.named([each.goods() for each in goods if each.cleaned_data])
        done = attempt(request, form, lambda: actions.ask_advisory(named, copy_of=earlier, by=request.user))
        if done is not None:
            say(request, _("%s was asked. The authority answers; you find its answer here.") % done.reference)
            return redirect("licensing:advisory", done.reference)
    return render(request, "licensing/advisories/new.html", {"form": form, "goods": goods, "earlier": earlier})


@sees_noun("advisory")
@require_GET
def advisory(request: HttpRequest, reference: str) -> HttpResponse:
    return _shown(request, find(request, reference))


def _shown(request: HttpRequest, known: Advisory, attach_form: AttachForm | None = None) -> HttpResponse:
    papers = documents(request.user, subject=known.reference)
    is_officer = scope_of(request.user, "advisory") is Scope.ALL
    screened = state_of(known.end_user) if is_officer else None
    return render(request, "licensing/advisories/advisory.html", {
        "advisory": known, "answer": getattr(known, "answer", None), "withdrawal": getattr(known, "withdrawal", None),
        "goods": queries.goods_of(known),
        "is_officer": is_officer, "is_own": known.asked_by == party_of(request.user), "no_approval": NO_APPROVAL, "screened": screened, "documents": papers,
        "attach_form": attach_form or AttachForm(documents=papers),
        "due_words": due_in_words(known) if is_officer else "", "steps": list(_steps(request.user, known, screened)) if screened else [],
        "other_address": known.end_user.address if is_officer and known.address and known.end_user.address != known.address else "",
        "others": list(_others(request.user, known)) if is_officer else [],
        "applications": list(_applications(request.user, known)) if is_officer else []})


def _others(user: User, known: Advisory) -> Any:
    """Other enquiries about the same end user."""
    return Advisory.objects.visible_to(user).filter(key=known.key).exclude(pk=known.pk).exclude(key="").select_related(
        "asked_by", "answer", "withdrawal")[:queries.MOST_BESIDE]


def _applications(user: User, known: Advisory) -> Any:
    """Applications that name the same end user."""
    return Application.objects.visible_to(user).filter(end_user__path__startswith=known.end_user.path).select_related(
        "end_user", "case").order_by("-pk")[:queries.MOST_BESIDE]


def _steps(user: User, known: Advisory, screened: PartyState) -> Iterator[dict[str, Any]]:
    """What an officer does next, the first thing first."""
    if known.state != Advisory.ASKED:
        return
    here = "?" + urlencode({"next": reverse("licensing:advisory", args=[known.reference])})
    if screened.state in {NOT_SCREENED, STALE} and may(user, "screening.screen"):
        yield {"text": _("Compare it with the current lists"), "url": reverse("licensing:screen_advisory", args=[known.reference]), "post": True,
               "why": screened.why}
    if screened.open_hits and may(user, "screening.resolve_hit"):
        yield {"text": _("Say of each possible match whether it is the same party"), "count": len(screened.open_hits), "tone": "warn",
               "url": reverse("screening:hit", args=[screened.open_hits[0].pk]) + here, "why": _("No answer before each is resolved.")}
    if screened.is_complete and may(user, "licensing.answer_advisory"):
        yield {"text": _("Give the answer"), "url": reverse("licensing:answer_advisory", args=[known.reference]), "why": due_in_words(known)}


@needs("documents.attach")
@require_POST
def attach(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a paper beside an enquiry: what who asked has of the end user, or what the authority found."""
    known = find(request, reference)
    form = AttachForm(request.POST, request.FILES, documents=documents(request.user, subject=reference))
    if form.is_valid():
        given = form.cleaned_data
        done = attempt(request, form, lambda: keep_document(
            given["file"], name=given["file"].name, subject=reference, sort=given["sort"], redacts=given.get("redacts"), by=request.user))
        if done is not None:
            say(request, _("%s was attached.") % done.name)
            return redirect("licensing:advisory", reference)
    return _shown(request, known, form)


@needs("screening.screen")
@require_POST
def screen(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    screen_party(known.end_user, by=request.user)
    say(request, _("%s was compared with the current lists.") % known.name)
    return redirect("licensing:advisory", reference)


@needs("licensing.answer_advisory")
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.answer_advisory(known, by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("Answered: %s.") % done.get_outcome_display())
            return redirect("licensing:advisory", reference)
    return render(request, "licensing/advisories/step.html", {
        "form": form, "advisory": known, "title": _("Answer %s") % reference, "submit": _("Give the answer"), "text": NO_APPROVAL,
        "sub": f"{known.name}, {known.country}"})


@needs("licensing.withdraw_advisory")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.withdraw_advisory(known, reason=form.cleaned_data["reason"], by=request.user))
        if done is not None:
            say(request, _("%s was withdrawn.") % reference)
            return redirect("licensing:advisory", reference)
    return render(request, "licensing/advisories/step.html", {
        "form": form, "advisory": known, "title": _("Withdraw %s") % reference, "submit": _("Withdraw"), "sub": f"{known.name}, {known.country}"})


@needs("parties.register")
@require_POST
def register(request: HttpRequest, reference: str) -> HttpResponse:
    """Put the end user into the directory, so that applications may name it."""
    known = find(request, reference)
    try:
        directory.put_into_directory(known.end_user, by=request.user)
        say(request, _("%s is in the directory: applications may name it.") % known.name)
    except Refused as refusal:
        say(request, str(refusal))
    return redirect("licensing:advisory", reference)


@sees_noun("advisory")
@require_GET
def letter(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    return or_told(request, redirect("licensing:advisory", reference), lambda: letter_of(request, known))
