"""Pages of screening: the lists, the hits that wait, one hit beside its party, one party's screenings."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.accounts.permissions import may, permit
from enduse.pages import attempt, back_to, csv_download, page_of, say, visible_or_404
from enduse.parties.models import Party
from enduse.screening import actions, queries, reading
from enduse.screening.forms import ChangesFilter, HitsFilter, ResolveForm
from enduse.screening.models import Hit, ListChange, ListVersion


@sees_noun("screening")
@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    current = queries.current_lists()
    return render(request, "screening/lists.html", {
        "page": page_of(request, queries.list_versions(request.user)), "current": {version.pk for version in current},
        "current_count": len(current), "open_count": queries.open_hits(request.user).count()})


@sees_noun("screening")
@require_GET
def list_version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of a list and what it changed against the one before."""
    found = visible_or_404(ListVersion.objects.visible_to(request.user).select_related("recorded_by", "replaces"), pk=pk)
    form = ChangesFilter(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    changes = reading.list_changes(request.user, found, **chosen)
    if request.GET.get("format") == "csv":
        return csv_download(f"changes-{found.pk}", ("change", "entity", "name", "field", "before", "now"), change_rows(changes))
    page = page_of(request, changes)
    return render(request, "screening/list.html", {
        "version": found, "is_current": found.pk in {each.pk for each in queries.current_lists()}, "page": page, "filter_form": form, "export": True,
        "rows": [(change, reading.told(change)) for change in page], "counts": queries.change_counts(found),
        "versions": ListVersion.objects.visible_to(request.user).filter(source=found.source).order_by("-pk")[:20]})


def change_rows(changes: QuerySet[ListChange]) -> Iterator[tuple[str, ...]]:
    for change in changes.iterator(2_000):
        for field, (before, now) in (change.fields or {"": ("", "")}).items():
            yield change.kind, change.entity_id, change.entity_name, field, before, now


@sees_noun("screening")
@require_GET
def hits(request: HttpRequest) -> HttpResponse:
    form = HitsFilter(request.GET or None, sources=[version.source for version in queries.current_lists()])
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    page = page_of(request, queries.open_hits(request.user, **chosen))
    earlier = reading.earlier_answers(page.object_list)
    return render(request, "screening/hits.html", {
        "page": page, "filter_form": form,
        "rows": [(hit, reading.feature_name(hit.reasons[0]["feature"]) if hit.reasons else "", earlier.get(hit.pk)) for hit in page]})


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
            return redirect(back_to(request, reverse("screening:party", args=[found.screening.party_id])))
    else:
        note_read(request.user, "screening", f"hit {found.pk}")
    return render(request, "screening/hit.html", {
        "hit": found, "party": found.screening.party, "said": found.said(), "form": form, "sides": reading.sides(found),
        "reasons": reading.reasons(found), "earlier": reading.earlier_answer(found),
        "can_answer": getattr(found, "resolution", None) is None and may(request.user, "screening.resolve_hit")})


@sees_noun("screening")
@require_GET
def party(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_or_404(Party.objects.visible_to(request.user), pk=pk)
    state = queries.state_of(found)
    newest = list(state.screening.hits.all()) if state.screening else []
    return render(request, "screening/party.html", {
        "party": found, "screened": state, "hits": newest, "owners": queries.owners_of(found), "steps": list(next_steps(request, state)),
        "history": reading.history(request.user, found)})


def next_steps(request: HttpRequest, state: queries.PartyState) -> Iterator[dict[str, object]]:
    """What to do about one party's screening, the first thing first."""
    if state.state in {queries.NOT_SCREENED, queries.STALE} and may(request.user, "screening.screen"):
        yield {"text": _("Compare it with the current lists"), "why": state.why, "tone": "warn"}
    if state.open_hits and may(request.user, "screening.resolve_hit"):
        yield {"text": _("Say of each possible match whether it is the same party"), "count": len(state.open_hits), "tone": "warn",
               "url": reverse("screening:hit", args=[state.open_hits[0].pk]), "why": _("No decision before each is answered.")}
    if state.state == queries.TRUE_MATCH:
        yield {"text": _("Nothing may be approved for it"), "why": state.why, "tone": "bad"}


@needs("screening.screen")
@require_POST
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_or_404(Party.objects.visible_to(request.user), pk=pk)
    actions.screen(found, by=request.user)
    say(request, _("%s was compared with the current lists.") % found)
    return redirect("screening:party", pk)
