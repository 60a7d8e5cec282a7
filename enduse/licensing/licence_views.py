"""Pages of licences, of loading a list, of what a measure touches, and the public check of a licence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse import clock
from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.accounts.permissions import may
from enduse.licensing import actions, dated, queries
from enduse.licensing.actions.amending import REVOCABLE
from enduse.licensing.actions.buying import purchases_of
from enduse.licensing.certificate_pages import against_licence
from enduse.licensing.conditions import as_sentence
from enduse.licensing.forms import LicencesFilter, ListForm, ReasonForm, VerifyForm
from enduse.licensing.models import ChangeProposal, Licence, Purchase
from enduse.licensing.open_pages import open_page
from enduse.measures.models import Measure
from enduse.measures.queries import in_force
from enduse.pages import COUNTED, attempt, csv_download, page_of, say, visible_or_404
from enduse.parties.models import party_of
from enduse.screening.actions import load_list


def find(request: HttpRequest, reference: str) -> Licence:
    return visible_or_404(queries.licences(request.user), reference=reference)


@sees_noun("licence")
@require_GET
def licences(request: HttpRequest) -> HttpResponse:
    listed = queries.licences_listed(request.user, state=request.GET.get("state", ""), search=request.GET.get("search", ""))
    if request.GET.get("format") == "csv":
        note_read(request.user, "licence", "export of the list")
        return csv_download("licences", ["reference", "state", "end_user", "issued_on", "expires_on", "permitted", "used"], (
            [each.licence.reference, each.state_today, each.application.end_user.name, each.licence.issued_on.isoformat(), each.expires_on.isoformat(),
             each.permitted, each.taken] for each in listed.iterator(2_000)))
    page = page_of(request, listed, most=COUNTED if request.GET.get("state") or request.GET.get("search") else 0)
    return render(request, "licensing/licences.html", {
        "page": page, "filter_form": LicencesFilter(request.GET or None), "export": True})


@sees_noun("licence")
@require_GET
def licence(request: HttpRequest, reference: str) -> HttpResponse:
    found = find(request, reference)
    used = queries.used_by_line(found)
    state = queries.state_on(found, sum(used.values()), clock.today())
    lines = [{"line": line, "used": used.get(line.pk, 0), "left": line.quantity - used.get(line.pk, 0)} for line in found.lines.all()]
    changes = [
        {"words": change.get_change_display(), "note": change.reason, "at": change.recorded_at, "who": str(change.recorded_by or _("the system")),
         "leaf": change.pk, "tone": "good" if change.change == "reinstated" else "bad"}
        for change in found.changes.select_related("recorded_by")
    ]
    is_authority = may(request.user, "licensing.propose_change") or may(request.user, "ledger.verify")
    return render(request, "licensing/licence.html", {
        "licence": found, "lines": lines, "state": state, "quantity": found.quantity(), "used": sum(used.values()),
        "conditions": [(as_sentence(condition), condition.get("measure", "")) for condition in found.conditions], "changes": changes,
        "code": queries.verification_code(found), "can_do": [name for name in STEPS if _can(request, found, state, name)],
        "seller": found.seller, "amendments": amendments(found), "proposals": proposals(found) if is_authority else [],
        "can_change": may(request.user, "licensing.propose_change") and state in REVOCABLE,
        "purchases": purchases_shown(request, found), "can_buy": own_purchase(request, found) and state == Licence.ACTIVE,
        "own_purchase": own_purchase(request, found), "can_replace": _can_replace(request, found, state), "authorities": authorities(found),
        **open_page(request.user, found), "steps_named": {name: step[1] for name, step in STEPS.items()},
        "against": against_licence(found, state), "measures": in_force(clock.today(), end_user=found.end_user, country=found.application.country, lines=found.lines.all()),
    })


def amendments(found: Licence) -> list[ChangeProposal]:
    """What was amended, with the proposal that another officer agreed to."""
    return list(found.proposals.filter(change=ChangeProposal.AMEND, answer__agreed=True).select_related("party", "answer__recorded_by"))


def proposals(found: Licence) -> list[ChangeProposal]:
    """What was proposed and is not answered, or was declined."""
    rows = found.proposals.exclude(answer__agreed=True).select_related("recorded_by", "party", "answer__recorded_by")
    return list(rows.order_by("pk"))


def own_purchase(request: HttpRequest, found: Licence) -> bool:
    """Whether the viewer is the buying government of this licence."""
    own = found.application.applicant == party_of(request.user)
    return own and found.application.seller_id is None and may(request.user, "licensing.buy")


def purchases_shown(request: HttpRequest, found: Licence) -> list[tuple[Purchase, int]]:
    """The orders under a licence: all for its buyer and the authority, a maker its own (rule 10)."""
    every, own = purchases_of(found), party_of(request.user)
    if own is None or found.application.applicant == own:
        return every
    return [(purchase, left) for purchase, left in every if purchase.maker == own]


def authorities(found: Licence) -> list[dated.Dated]:
    """Who licensed these firearms on the day of issue, and on which form."""
    named = {rule.code: rule for line in found.lines.all() if (rule := dated.authority_of(line.automatic, found.issued_on)) is not None}
    return list(named.values())


def _can_replace(request: HttpRequest, found: Licence, state: str) -> bool:
    own = found.application.applicant == party_of(request.user)
    return own and may(request.user, "licensing.draft") and state in {Licence.ACTIVE, Licence.EXPIRED} and found.remaining() > 0


STEPS: dict[str, tuple[Callable[..., Any], Promise, Promise, frozenset[str]]] = {
    "suspend": (actions.suspend, _("Suspend"), _("Nothing is declared or shipped under it from this moment, until another person reinstates it."),
                frozenset({"active", "exhausted"})),
    "reinstate": (actions.reinstate, _("Reinstate"), _("It lives again from this moment."), frozenset({"suspended"})),
    "surrender": (actions.surrender, _("Surrender"), _("What was not shipped lapses."), frozenset({"active", "suspended"})),
}


def _can(request: HttpRequest, found: Licence, state: str, name: str) -> bool:
    own = name != "surrender" or found.application.applicant == party_of(request.user)
    return own and state in STEPS[name][3] and may(request.user, f"licensing.{name}")


def _step_page(name: str) -> Callable[..., HttpResponse]:
    action, title, text, _states = STEPS[name]

    @needs(f"licensing.{name}")
    @require_http_methods(["GET", "POST"])
    def page(request: HttpRequest, reference: str) -> HttpResponse:
        found = find(request, reference)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            done = attempt(request, form, lambda: action(found, reason=form.cleaned_data["reason"], by=request.user))
            if done is not None:
                say(request, f"{reference}: {done.get_change_display()}")
                return redirect("licensing:licence", reference)
        return render(request, "licensing/licence_step.html", {
            "form": form, "licence": found, "title": title, "text": text, "tone": "" if name == "reinstate" else "danger"})

    return page


suspend, reinstate, surrender = (_step_page(name) for name in STEPS)


@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """For anyone: says only whether a licence is valid today, and its dates."""
    form = VerifyForm(request.GET or None)
    result = queries.check_licence(**form.cleaned_data) if form.is_bound and form.is_valid() else None
    return render(request, "licensing/verify.html", {"form": form, "result": result})


@sees_noun("measure")
@require_GET
def touched(request: HttpRequest, reference: str) -> HttpResponse:
    """What a measure would touch today: a page, or the part of one that htmx asks for."""
    measure = visible_or_404(Measure.objects.visible_to(request.user), reference=reference)
    template = "licensing/touched_part.html" if request.headers.get("HX-Request") else "licensing/touched.html"
    return render(request, template, {"measure": measure, "touched": queries.touched_for(request.user, measure)})


@needs("screening.load_list")
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Load a denied-party list; the parties of live licences are compared with it at once."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        version = attempt(request, form, lambda: load_list(
            given["file"], by=request.user, format=given["format"] or None, file_name=given["file"].name, source=given["source"],
            mapping=form.mapping(), shrunk=given["shrunk"]))
        if version is not None:
            done = actions.rescreen_licensed_parties(by=request.user)
            say(request, _("%(list)s was loaded: %(entries)d entries. Compared again: %(parties)d parties; other possible matches: %(changed)d.") % {
                "list": version, "entries": version.entries, "parties": done.parties, "changed": len(done.screenings)})
            return redirect("screening:list", version.pk)
    return render(request, "licensing/load_list.html", {"form": form})
