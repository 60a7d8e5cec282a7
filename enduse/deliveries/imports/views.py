"""Pages of notified imports: the list, a new one, one of them compared, its withdrawal, and those of one licence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.deliveries.imports import actions, queries
from enduse.deliveries.imports.comparing import Comparison
from enduse.deliveries.imports.forms import GoodsForms, ImportsFilter, NotifyForm, RecordForm, WithdrawForm
from enduse.deliveries.imports.models import ImportNotification
from enduse.deliveries.models import Consignment
from enduse.documents.actions import attach
from enduse.documents.queries import documents
from enduse.licensing.models import Licence
from enduse.pages import attempt, csv_download, page_of, say, visible_or_404
from enduse.parties.models import party_of

AT_ONCE = 200
CSV_HEADER = ["reference", "importer", "sort", "on", "country_of_export", "exporter", "licence", "quantity", "outcome", "withdrawn"]
COPIED = ("sort", "country_of_export", "exporter", "licence_reference", "use")


def find(request: HttpRequest, reference: str) -> ImportNotification:
    return visible_or_404(queries.imports(request.user), reference=reference)


@sees_noun("import")
@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    rows = queries.imports(request.user, **{name: request.GET.get(name, "") for name in ("sort", "search", "licence")})
    if request.GET.get("format") == "csv":
        note_read(request.user, "import", "export of the list")
        return csv_download("imports", CSV_HEADER, (
            [each.reference, each.importer.name, each.sort, each.on.isoformat(), each.country_of_export, each.exporter, each.licence_reference,
             each.quantity, found.outcome, each.is_withdrawn]
            for each, found in _compared(request, rows)))
    page = page_of(request, rows)
    return render(request, "deliveries/imports/imports.html", {
        "page": page, "filter_form": ImportsFilter(request.GET or None), "export": True, "licence": request.GET.get("licence", ""),
        "listed": queries.with_comparison(request.user, list(page))})


def _compared(request: HttpRequest, rows: QuerySet[ImportNotification]) -> Iterator[tuple[ImportNotification, Comparison]]:
    """Every row with its comparison, so many at once."""
    for first in range(0, rows.count(), AT_ONCE):
        yield from queries.with_comparison(request.user, list(rows[first:first + AT_ONCE]))


@needs("deliveries.notify_import")
@require_http_methods(["GET", "POST"])
def notify(request: HttpRequest) -> HttpResponse:
    """Notify an import; with ?copy= an earlier notification of one's own is what the form begins with."""
    earlier = find(request, request.GET["copy"]) if request.GET.get("copy") else None
    known: dict[str, Any] = {name: getattr(earlier, name) for name in COPIED} if earlier else {}
    if earlier is not None:
        known["licensed_here"] = "yes" if earlier.licensed_here else "no"
    form = NotifyForm(request.POST or None, request.FILES or None, initial=known)
    goods = GoodsForms(request.POST or None, prefix="goods", initial=earlier.goods if earlier else None)
    if request.method == "POST" and form.is_valid() and goods.is_valid():
        told = [each.goods() for each in goods if each.cleaned_data]
        done = attempt(request, form, lambda: actions.notify_import(form.stated(told), by=request.user))
        if done is not None:
            say(request, _("%s was notified.") % done.reference)
            return redirect("deliveries:import", done.reference)
    return render(request, "deliveries/imports/new.html", {"form": form, "goods": goods, "earlier": earlier})


@needs("deliveries.record_import")
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """An officer records what an importing state told on paper."""
    form = RecordForm(request.POST or None, request.FILES or None, user=request.user)
    goods = GoodsForms(request.POST or None, prefix="goods")
    if request.method == "POST" and form.is_valid() and goods.is_valid():
        told = [each.goods() for each in goods if each.cleaned_data]
        done = attempt(request, form, lambda: _recorded(request, form, told))
        if done is not None:
            say(request, _("%s was recorded.") % done.reference)
            return redirect("deliveries:import", done.reference)
    return render(request, "deliveries/imports/new.html", {"form": form, "goods": goods, "on_paper": True})


def _recorded(request: HttpRequest, form: RecordForm, goods: list[actions.GoodsStated]) -> ImportNotification:
    given = form.cleaned_data
    with transaction.atomic():
        paper = attach(given["paper"], name=given["paper"].name, subject=given["received_from"], by=request.user) if given["paper"] else None
        return actions.record_import(form.stated(goods), importer=given["importer"], received_from=given["received_from"], paper=paper, by=request.user)


@sees_noun("import")
@require_GET
def notified(request: HttpRequest, reference: str) -> HttpResponse:
    """One notification beside what is known here."""
    known = find(request, reference)
    compared = queries.with_comparison(request.user, [known])[0][1]
    shown, guns = queries.serials_of(request.user, known, is_ours=compared.is_ours)
    if shown:
        note_read(request.user, "import", f"serials of {reference}")
    own = party_of(request.user)
    return render(request, "deliveries/imports/import.html", {
        "notification": known, "withdrawal": getattr(known, "withdrawal", None), "compared": compared, "serials": shown, "guns": guns,
        "may_withdraw": known.received_from and own is None, "paper": documents(request.user).filter(pk=known.paper_id).first(),
        "is_own": own is not None and own.end_user_id == known.importer_id,
        "consignment": Consignment.objects.visible_to(request.user).filter(reference=compared.consignment).first(),
        "licence": Licence.objects.visible_to(request.user).filter(pk=compared.licence.pk).first() if compared.licence else None})


@needs("deliveries.withdraw_import")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.withdraw_import(known, reason=form.cleaned_data["reason"], by=request.user))
        if done is not None:
            say(request, _("%s was withdrawn.") % reference)
            return redirect("deliveries:import", reference)
    return render(request, "deliveries/imports/withdraw.html", {"form": form, "notification": known})


@sees_noun("import")
@require_GET
def under(request: HttpRequest, reference: str) -> HttpResponse:
    """What was notified under one licence: a page, or the part of the licence's own that htmx asks for."""
    licence = visible_or_404(Licence.objects.visible_to(request.user), reference=reference)
    rows = list(queries.imports(request.user, licence=reference)[:50])
    template = "deliveries/imports/under_part.html" if request.headers.get("HX-Request") else "deliveries/imports/under.html"
    return render(request, template, {"licence": licence, "listed": queries.with_comparison(request.user, rows)})
