"""Pages of screening: the lists, the hits that wait, one hit beside its party, one party's screenings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.accounts.permissions import may, permit
from enduse.pages import attempt, page_of, say, visible_or_404
from enduse.parties.models import Party
from enduse.screening import actions, queries
from enduse.screening.forms import ResolveForm
from enduse.screening.models import Hit


@sees_noun("screening")
@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    current = queries.current_lists()
    return render(request, "screening/lists.html", {
        "page": page_of(request, queries.list_versions(request.user)), "current": {version.pk for version in current},
        "current_count": len(current), "open_count": queries.open_hits(request.user).count()})


@sees_noun("screening")
@require_GET
def hits(request: HttpRequest) -> HttpResponse:
    return render(request, "screening/hits.html", {"page": page_of(request, queries.open_hits(request.user))})


@sees_noun("screening")
@require_http_methods(["GET", "POST"])
def hit(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_or_404(Hit.objects.visible_to(request.user).select_related(
        "screening__party", "screening__recorded_by", "list_version", "resolution__recorded_by", "remembered__recorded_by"), pk=pk)
    form = ResolveForm(request.POST or None)
    if request.method == "POST":
        permit(request.user, "screening.resolve_hit")
        if form.is_valid() and attempt(request, form, lambda: actions.resolve_hit(found, by=request.user, **form.cleaned_data)) is not None:
            say(request, _("Your answer was saved."))
            return redirect("screening:party", found.screening.party_id)
    else:
        note_read(request.user, "screening", f"hit {found.pk}")
    return render(request, "screening/hit.html", {
        "hit": found, "party": found.screening.party, "said": found.said(), "form": form,
        "can_answer": getattr(found, "resolution", None) is None and may(request.user, "screening.resolve_hit")})


@sees_noun("screening")
@require_GET
def party(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_or_404(Party.objects.visible_to(request.user), pk=pk)
    state = queries.state_of(found)
    newest = list(state.screening.hits.all()) if state.screening else []
    return render(request, "screening/party.html", {
        "party": found, "screened": state, "hits": newest, "screenings": queries.screenings(request.user, party=found)[:20]})


@needs("screening.screen")
@require_POST
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_or_404(Party.objects.visible_to(request.user), pk=pk)
    actions.screen(found, by=request.user)
    say(request, _("%s was compared with the current lists.") % found)
    return redirect("screening:party", pk)
