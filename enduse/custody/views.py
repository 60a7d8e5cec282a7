"""The pages of custody: the register, one life, one event, one unit, counts, and the forms of custodians."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.accounts.permissions import may, sees
from enduse.custody import actions, queries
from enduse.custody.asking import Asking
from enduse.custody.counting import stocktake as take_stock
from enduse.custody.files import read_manifest
from enduse.custody.forms import (
    CorrectForm,
    CountForm,
    DestroyedForm,
    FirearmFilter,
    FoundForm,
    GunsForm,
    LossForm,
    MoveForm,
    RegisterForm,
    StocktakeFilter,
)
from enduse.custody.lives import life_seen
from enduse.custody.models import CustodyEvent, Firearm, StocktakeLine
from enduse.pages import attempt, csv_download, page_of, say, visible_or_404
from enduse.parties.models import Party, party_of
from enduse.refusals import Invalid, Problem

SHOWN = 200


@require_GET
@sees_noun("firearm")
def firearms(request: Asking) -> HttpResponse:
    """The register, as far as the viewer sees it."""
    form = FirearmFilter(request.GET, user=request.user)
    rows = queries.firearms(request.user, **(form.cleaned_data if form.is_valid() else {})).order_by("pk")
    if request.GET.get("format") == "csv":
        note_read(request.user, "export", "firearms")
        return csv_download(  # type: ignore[return-value]
            "firearms", ["firearm", "make", "model", "type", "calibre", "serial", "year", "state"], (_as_row(gun) for gun in rows.iterator(2_000)))
    page = page_of(request, rows)
    note_read(request.user, "firearm", f"list, page {page.number}")
    return render(request, "custody/firearms.html", {"page": page, "filter_form": form, "export": True})


def _as_row(gun: Any) -> list[Any]:
    return [gun.pk, gun.make, gun.model, gun.firearm_type, gun.calibre, gun.serial, gun.year or "", gun.state_seen]


@require_GET
@sees_noun("firearm")
def firearm(request: Asking, pk: int) -> HttpResponse:
    """One life: PAGES.md 'A firearm'."""
    gun: Firearm = visible_or_404(Firearm.objects.visible_to(request.user).select_related("maker"), pk=pk)
    note_read(request.user, "firearm", str(pk))
    life = life_seen(gun, request.user)
    left = life.left
    return render(request, "custody/firearm.html", {
        "gun": gun, "life": life, "left_words": left.words if left else "", "unreported": left is not None and left == life.recovered,
        "mine": life.holder is not None and may(request.user, "custody.move") and _acts_for(request, life.holder),
    })


@require_GET
@sees_noun("firearm")
def event(request: Asking, pk: int) -> HttpResponse:
    """One event: what, when, who said so, its place in the log, its firearms."""
    found: CustodyEvent = visible_or_404(queries.events(request.user), pk=pk)
    note_read(request.user, "event", str(pk))
    lines = found.lines.select_related("firearm").order_by("pk")
    correctable = may(request.user, "custody.correct") and found.is_correctable and not found.corrections.exists()
    return render(request, "custody/event.html", {
        "event": found, "words": found.words, "page": page_of(request, lines, size=100), "corrections": found.corrections.order_by("pk"),
        "correct_form": CorrectForm() if correctable else None,
    })


@require_http_methods(["POST"])
@needs("custody.correct")
def correct(request: Asking, pk: int) -> HttpResponse:
    """A later event says that this one was wrong (rule 5)."""
    wrong: CustodyEvent = visible_or_404(CustodyEvent.objects.visible_to(request.user), pk=pk)
    form = CorrectForm(request.POST)
    done = attempt(request, form, lambda: actions.correct(wrong, reason=form.cleaned_data["reason"], by=request.user)) if form.is_valid() else None
    if done is None:
        return render(request, "custody/correct.html", {"form": form, "event": wrong, "words": wrong.words}, status=422)
    say(request, _("Event %(wrong)d was corrected by event %(later)d.") % {"wrong": wrong.pk, "later": done.pk})
    return redirect("custody:event", pk=done.pk)


@require_GET
@sees_noun("firearm")
def unit(request: Asking, pk: int) -> HttpResponse:
    """What a unit holds now and how that is explained."""
    party: Party = visible_or_404(queries.units_seen(request.user), pk=pk)
    rows, total = queries.account_of(party)
    counts = list(queries.stocktakes(request.user).filter(unit=party)[:5])
    missing = queries.missing_unreported(party) if sees(request.user, "stocktake") else []
    mine = _acts_for(request, party) and may(request.user, "custody.stocktake")
    return render(request, "custody/unit.html", {
        "unit": party, "rows": rows, "total": total, "counts": counts, "events": queries.events_of_unit(party, request.user),
        "below": queries.units_below(party), "missing": missing, "mine": mine, "steps": _unit_steps(party, missing) if mine else [],
    })


def _unit_steps(party: Party, missing: list[Firearm]) -> list[dict[str, Any]]:
    if not missing:
        return []
    text = ngettext("Say what became of the firearm that the last count did not find.",
                    "Say what became of the firearms that the last count did not find.", len(missing))
    return [{"text": text, "count": len(missing), "tone": "bad", "url": f"{reverse('custody:report_loss')}?unit={party.pk}&missing=1",
             "why": _("Until they are reported, the record says that the unit holds them.")}]


@require_http_methods(["GET", "POST"])
@needs("custody.register")
def register(request: Asking) -> HttpResponse:
    """A maker enters firearms before it declares them in a consignment."""
    form = RegisterForm(request.POST or None, request.FILES or None)
    if form.is_valid() and (made := attempt(request, form, lambda: _register(request, form))) is not None:
        say(request, ngettext("%d firearm was entered.", "%d firearms were entered.", len(made)) % len(made))
        return redirect("custody:firearms")
    return render(request, "custody/register.html", {"form": form}, status=422 if form.errors else 200)


def _register(request: Asking, form: Form) -> list[Firearm]:
    maker, asked = party_of(request.user), form.cleaned_data
    if maker is None:
        raise Invalid(Problem(_("You act for no maker."), _("Ask the administrator.")))
    return actions.register_made(
        read_manifest(asked["manifest"]), maker=maker, occurred_on=asked["made_on"], reference=asked["reference"], by=request.user)


@require_http_methods(["GET", "POST"])
@needs("custody.move")
def move(request: Asking) -> HttpResponse:
    def act(form: GunsForm, asked: dict[str, Any]) -> CustodyEvent:
        return actions.move(form.firearms(), from_unit=asked["unit"], to_unit=asked["to_unit"], occurred_on=asked["occurred_on"], by=request.user,
                            reference=asked["reference"], note=asked["note"])

    return _guns_page(request, MoveForm, act, title=_("Issue or transfer firearms"), submit=_("Hand over"),
                      sub=_("Within your end user this is an issue; to another one a transfer. What a certificate bars is refused."))


@require_http_methods(["GET", "POST"])
@needs("custody.report_loss")
def report_loss(request: Asking) -> HttpResponse:
    def act(form: GunsForm, asked: dict[str, Any]) -> CustodyEvent:
        return actions.report_loss(
            form.firearms(), sort=asked["sort"], unit=asked["unit"], occurred_on=asked["occurred_on"], occurred_until=asked["occurred_until"],
            place=asked["place"], reference=asked["reference"], note=asked["note"], by=request.user)

    return _guns_page(request, LossForm, act, title=_("Report a loss, a theft or a desertion"), submit=_("Report"),
                      sub=_("The licensing authority is alerted at once. Nothing is written off: a firearm found again is recorded as found."))


@require_http_methods(["GET", "POST"])
@needs("custody.move")
def record_found(request: Asking) -> HttpResponse:
    def act(form: GunsForm, asked: dict[str, Any]) -> CustodyEvent:
        return actions.record_found(form.firearms(), unit=asked["unit"], occurred_on=asked["occurred_on"], reference=asked["reference"],
                                    note=asked["note"], by=request.user)

    return _guns_page(request, FoundForm, act, title=_("Record firearms found again"), submit=_("Record"),
                      sub=_("Firearms that the unit had reported lost."))


@require_http_methods(["GET", "POST"])
@needs("custody.move")
def record_destroyed(request: Asking) -> HttpResponse:
    def act(form: GunsForm, asked: dict[str, Any]) -> CustodyEvent:
        return actions.record_destroyed(form.firearms(), unit=asked["unit"], occurred_on=asked["occurred_on"], method=asked["method"],
                                        witnesses=asked["witnesses"], by=request.user)

    return _guns_page(request, DestroyedForm, act, title=_("Record firearms destroyed"), submit=_("Record"), tone="danger",
                      sub=_("Before two witnesses. A destroyed firearm stays in the register as destroyed."))


def _guns_page(
    request: Asking,
    kind: type[GunsForm],
    act: Callable[[GunsForm, dict[str, Any]], CustodyEvent],
    *,
    title: str,
    sub: str,
    submit: str,
    tone: str = "",
) -> HttpResponse:
    """A form over firearms by serial; on success the event's page."""
    form = kind(request.POST or None, request.FILES or None, user=request.user, initial=_suggested(request))
    if form.is_valid() and (done := attempt(request, form, lambda: act(form, form.cleaned_data))) is not None:
        number = done.lines.count()
        say(
            request,
            ngettext("Recorded for %(n)d firearm: event %(event)d in the log.", "Recorded for %(n)d firearms: event %(event)d in the log.", number)
            % {"n": number, "event": done.pk},
        )
        return redirect("custody:event", pk=done.pk)
    context = {"form": form, "title": title, "sub": sub, "submit": submit, "tone": tone, "cancel_url": _back_of(request)}
    return render(request, "custody/guns_form.html", context, status=422 if form.errors else 200)


def _suggested(request: Asking) -> dict[str, Any]:
    """What a link into a form fills in: the unit, one firearm's serial, or those that the last count did not find."""
    chosen = queries.units_of(request.user).filter(pk=_number(request.GET.get("unit"))).first() or party_of(request.user)
    guns: list[Firearm] = []
    if request.GET.get("missing") and chosen is not None:
        guns = queries.missing_unreported(chosen)
    elif request.GET.get("firearm"):
        guns = list(Firearm.objects.visible_to(request.user).filter(pk=_number(request.GET["firearm"])))
    if guns:
        note_read(request.user, "firearm", f"{len(guns)} in a form")
    return {
        "unit": chosen,
        "sort": CustodyEvent.NOT_SIGHTED if request.GET.get("missing") else None,
        "serials": "\n".join(gun.serial for gun in guns),
    }


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else -1


def _back_of(request: Asking) -> str:
    own = party_of(request.user)
    return reverse("custody:unit", args=[own.pk]) if own else reverse("custody:firearms")


@require_GET
@sees_noun("stocktake")
def stocktakes(request: Asking) -> HttpResponse:
    form = StocktakeFilter(request.GET, user=request.user)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = queries.stocktakes(request.user, **asked)
    if request.GET.get("format") == "csv":
        note_read(request.user, "export", "stocktakes")
        return csv_download(  # type: ignore[return-value]
            "stocktakes",
            ["stocktake", "unit", "taken_on", "expected", "sighted", "missing", "unexpected", "delivered_to_date"],
            (
                [row.pk, row.unit.name, row.taken_on, row.expected, row.sighted, row.missing, row.unexpected, row.delivered_to_date]
                for row in rows.iterator(2_000)
            ),
        )
    return render(request, "custody/stocktakes.html", {"page": page_of(request, rows), "filter_form": form, "export": True})


@require_GET
@sees_noun("stocktake")
def stocktake(request: Asking, pk: int) -> HttpResponse:
    """One count, with what it did not find and what it found beside."""
    found = visible_or_404(queries.stocktakes(request.user), pk=pk)
    note_read(request.user, "stocktake", str(pk))
    lines = found.lines.exclude(result=StocktakeLine.SIGHTED).select_related("firearm__holding").order_by("result", "pk")
    return render(request, "custody/stocktake.html", {
        "count": found, "lines": lines[:SHOWN], "more": max(found.missing + found.unexpected - SHOWN, 0),
        "mine": may(request.user, "custody.report_loss") and _acts_for(request, found.unit),
    })


@require_http_methods(["GET", "POST"])
@needs("custody.stocktake")
def count(request: Asking) -> HttpResponse:
    """A blind count: the record is shown after what was read is in."""
    form = CountForm(request.POST or None, request.FILES or None, user=request.user, initial=_suggested(request))
    if form.is_valid():
        asked = form.cleaned_data
        done = attempt(request, form, lambda: take_stock(
            asked["unit"], form.reads(), taken_on=asked["taken_on"], by=request.user, self_reported=not asked["outside"], note=asked["note"]))
        if done is not None:
            say(request, _("Counted: %(sighted)d of %(expected)d seen.") % {"sighted": done.sighted, "expected": done.expected})
            return redirect("custody:stocktake", pk=done.pk)
    return render(request, "custody/guns_form.html", {
        "form": form, "title": _("Count a unit"), "submit": _("Set against the record"), "cancel_url": _back_of(request),
        "sub": _("A blind count: read every serial that is there. What the record expects is shown afterwards."),
    }, status=422 if form.errors else 200)


def _acts_for(request: HttpRequest, party: Party) -> bool:
    own = party_of(request.user)  # type: ignore[arg-type]
    return own is not None and party.is_below(own)
