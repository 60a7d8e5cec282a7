"""The pages of deliveries: the list, a declaration, one consignment and its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.accounts.permissions import may
from enduse.custody.asking import Asking
from enduse.custody.files import read_manifest, sha256_of
from enduse.deliveries import actions, queries
from enduse.deliveries.forms import CancelForm, ConsignmentFilter, DeclareForm, ReceiveForm, ShipForm, VerifyForm
from enduse.deliveries.models import Consignment
from enduse.pages import attempt, csv_download, page_of, say, visible_or_404
from enduse.parties.models import party_of

DAY = "j M Y"
ADDRESSES = {Consignment.SHIPPED: "deliveries:ship", Consignment.DELIVERED: "deliveries:receive", Consignment.VERIFIED: "deliveries:verify"}


@require_GET
@sees_noun("consignment")
def consignments(request: Asking) -> HttpResponse:
    form = ConsignmentFilter(request.GET)
    rows = queries.consignments(request.user, **(form.cleaned_data if form.is_valid() else {}))
    if request.GET.get("format") == "csv":
        note_read(request.user, "export", "consignments")
        return csv_download(  # type: ignore[return-value]
            "consignments", ["reference", "licence", "seller", "carrier", "consignee", "declared_on", "firearms", "state"],
            ([row.reference, row.licence.reference, row.seller.name, row.carrier.name, row.consignee.name, row.declared_on, _firearms(row), row.state]
             for row in rows))
    return render(request, "deliveries/consignments.html", {"page": page_of(request, rows), "filter_form": form, "export": True})


@require_http_methods(["GET", "POST"])
@needs("deliveries.declare")
def declare(request: Asking) -> HttpResponse:
    """Upload a manifest under a licence: all of it or nothing (rules 1, 3 and 9)."""
    form = DeclareForm(request.POST or None, request.FILES or None, user=request.user, initial={"licence": _asked_licence(request)})
    if form.is_valid() and (made := attempt(request, form, lambda: _declare(request, form))) is not None:
        number = made.manifest.count()
        say(request, ngettext("%(reference)s was declared with %(n)d firearm.", "%(reference)s was declared with %(n)d firearms.", number)
            % {"reference": made.reference, "n": number})
        return redirect("deliveries:consignment", reference=made.reference)
    return render(request, "deliveries/declare.html", {"form": form}, status=422 if form.errors else 200)


def _asked_licence(request: Asking) -> Any:
    return queries.licences_to_deliver(request.user).filter(reference=request.GET.get("licence", "")).first()


def _declare(request: Asking, form: Form) -> Consignment:
    asked = form.cleaned_data
    return actions.declare(
        asked["licence"], manifest=read_manifest(asked["manifest"]), manifest_sha256=sha256_of(asked["manifest"]), carrier=asked["carrier"],
        consignee=asked["consignee"] or asked["licence"].application.consignee,
        through=asked["through"].split(",") if asked["through"] else None, undertaking=asked.get("undertaking"), by=request.user)


@require_GET
@sees_noun("consignment")
def consignment(request: Asking, reference: str) -> HttpResponse:
    """One consignment: its steps, its manifest, what is next and for whom."""
    found = _find(request, reference)
    note_read(request.user, "consignment", reference)
    manifest = queries.manifest_of(found)
    if request.GET.get("format") == "csv":
        note_read(request.user, "export", f"manifest of {reference}")
        return csv_download(  # type: ignore[return-value]
            reference, ["line", "make", "model", "type", "calibre", "serial", "year", "country"],
            ([row.line.number, gun.make, gun.model, gun.firearm_type, gun.calibre, gun.serial, gun.year or "", gun.country]
             for row in manifest.iterator(2_000) for gun in [row.firearm]))
    own = party_of(request.user)
    return render(
        request,
        "deliveries/consignment.html",
        {
            "consignment": found,
            "firearms": _firearms(found),
            "page": page_of(request, manifest, size=100),
            "export": True,
            "timeline": _timeline(found),
            "steps": _next_steps(request, found),
            "warning": queries.carrier_warning(found, request.user),
            "missing": list(queries.missing_of(found)[:200]),
            "difference": next((step for step in found.steps.all() if step.step == Consignment.DISCREPANT), None),
            "cancel_form": CancelForm()
            if found.state == Consignment.DECLARED and found.is_handled_by(own) and may(request.user, "deliveries.cancel")
            else None,
            "lines": [{"line": line, "quantity": quantity} for line, quantity in actions.quantities_of(found).items()],
        },
    )


def _next_steps(request: Asking, found: Consignment) -> list[dict[str, Any]]:
    follows = queries.next_of(found, request.user)
    if follows is None:
        return []
    return [{"text": follows.words, "url": reverse(ADDRESSES[follows.step], args=[found.reference]) if follows.mine else "",
             "why": "" if follows.mine else _("Nothing for you to do now.")}]


def _timeline(found: Consignment) -> list[dict[str, Any]]:
    first = {
        "words": _("declared"),
        "note": _("on %s") % date_format(found.declared_on, DAY),
        "at": found.recorded_at,
        "who": str(found.recorded_by),
        "leaf": found.pk,
    }
    tones = {Consignment.DISCREPANT: "bad", Consignment.VERIFIED: "good", Consignment.CANCELLED: "warn"}
    return [first] + [
        {
            "words": step.get_step_display(),
            "note": " · ".join(part for part in (_("on %s") % date_format(step.on, DAY), _counted(step), step.note) if part),
            "at": step.recorded_at,
            "who": str(step.recorded_by or ""),
            "leaf": step.pk,
            "tone": tones.get(step.step, ""),
            "url": reverse("custody:event", args=[step.event_id]) if step.event_id else "",
        }
        for step in sorted(found.steps.all(), key=lambda step: step.pk)
    ]


def _counted(step: Any) -> str:
    if step.received is None:
        return ""
    return _("%(received)d received, %(missing)d missing, %(unexpected)d unexpected") % {
        "received": step.received, "missing": step.missing or 0, "unexpected": len(step.unexpected)}


@require_http_methods(["GET", "POST"])
@needs("deliveries.ship")
def ship(request: Asking, reference: str) -> HttpResponse:
    return _step(request, reference, ShipForm, lambda found, asked, _form: actions.ship(found, by=request.user, on=asked["on"]),
                 title=_("Hand %s to the carrier") % reference, submit=_("Ship"))


@require_http_methods(["POST"])
@needs("deliveries.cancel")
def cancel(request: Asking, reference: str) -> HttpResponse:
    return _step(request, reference, CancelForm, lambda found, asked, _form: actions.cancel(found, reason=asked["reason"], by=request.user),
                 title=_("Take %s back") % reference, submit=_("Cancel the consignment"))


@require_http_methods(["GET", "POST"])
@needs("deliveries.receive")
def receive(request: Asking, reference: str) -> HttpResponse:
    def act(found: Consignment, asked: dict[str, Any], form: Any) -> Consignment:
        return actions.receive(found, by=request.user, on=asked["on"], serials_received=form.reads(), note=asked["note"])

    return _step(request, reference, ReceiveForm, act, title=_("Count in %s") % reference, submit=_("Record what arrived"))


@require_http_methods(["GET", "POST"])
@needs("deliveries.verify")
def verify(request: Asking, reference: str) -> HttpResponse:
    return _step(
        request,
        reference,
        VerifyForm,
        lambda found, asked, _form: actions.verify(found, by=request.user, on=asked["on"], note=asked["note"]),
        title=_("Verify the delivery of %s") % reference,
        submit=_("Verify"),
    )


def _step(
    request: Asking, reference: str, kind: type[Form], act: Callable[[Consignment, dict[str, Any], Any], Consignment], *, title: str, submit: str,
) -> HttpResponse:
    """A form for one step; on success the consignment's page says where it stands."""
    found = _find(request, reference)
    form = kind(request.POST or None, request.FILES or None)
    if form.is_valid() and (done := attempt(request, form, lambda: act(found, form.cleaned_data, form))) is not None:
        say(request, _("%(reference)s is %(state)s.") % {"reference": reference, "state": dict(Consignment.STATES)[done.state]})
        return redirect("deliveries:consignment", reference=reference)
    return render(request, "deliveries/step.html", {
        "form": form, "consignment": found, "firearms": _firearms(found), "title": title, "submit": submit,
    }, status=422 if form.errors else 200)


def _find(request: Asking, reference: str) -> Consignment:
    found: Consignment = visible_or_404(queries.consignments(request.user), reference=reference)
    return found


def _firearms(found: Any) -> int:
    return int(found.firearms)
