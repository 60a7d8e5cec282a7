"""Reads of deliveries: consignments as a viewer sees them, and what each waits for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import may, sees
from enduse.deliveries.models import Consignment, ConsignmentStep, ManifestLine
from enduse.licensing.models import FirstUse, Licence, Undertaking
from enduse.licensing.queries import licences_live_on
from enduse.parties.models import Party, party_of
from enduse.screening.queries import CLEAR, state_of


def consignments(user: User | None, *, state: str = "", words: str = "", licence: str = "") -> QuerySet[Consignment]:
    """The consignments a viewer may see, latest first, each with `state_now` and `firearms`."""
    last = ConsignmentStep.objects.filter(consignment=OuterRef("pk")).order_by("-pk").values("step")[:1]
    counted = ManifestLine.objects.filter(consignment=OuterRef("pk")).order_by().values("consignment").annotate(n=Count("pk")).values("n")
    rows = Consignment.objects.visible_to(user).annotate(
        state_now=Coalesce(Subquery(last), Value(Consignment.DECLARED), output_field=CharField()),
        firearms=Coalesce(Subquery(counted), 0, output_field=IntegerField()))
    if state:
        rows = rows.filter(**{"state_now": state})
    if words:
        rows = rows.filter(Q(reference__icontains=words) | Q(licence__reference__icontains=words) | Q(consignee__name__icontains=words)
                           | Q(seller__name__icontains=words))
    if licence:
        rows = rows.filter(licence__reference=licence)
    return rows.select_related("licence__application__end_user", "undertaking__certificate", "seller", "carrier", "consignee", "recorded_by").prefetch_related(
        "steps__recorded_by"
    )


def licences_to_deliver(user: User | None) -> QuerySet[Licence]:
    """The live licences under which a seller may declare."""
    live = licences_live_on(clock.today()).order_by().values("pk")
    return Licence.objects.visible_to(user).filter(pk__in=live).select_related("application__end_user").order_by("reference")


def consignees_for(user: User | None) -> QuerySet[Party]:
    """The bodies that the licences a seller may deliver under name as consignee, or for which an open one is used."""
    licences = licences_to_deliver(user).order_by()
    used = FirstUse.objects.filter(licence__in=licences.values("pk")).values("end_user")
    return Party.objects.filter(Q(pk__in=licences.values("application__consignee")) | Q(pk__in=used)).order_by("name")


def undertakings_for(user: User | None) -> QuerySet[Undertaking]:
    """The undertakings filed under the licences a seller may deliver under, the latest first."""
    return Undertaking.objects.filter(licence__in=licences_to_deliver(user).order_by().values("pk")).select_related(
        "certificate", "end_user", "licence").order_by("-pk")


def carriers() -> QuerySet[Party]:
    """Companies may carry; which ones are screened is the authority's to see."""
    return Party.objects.directory().filter(kind=Party.COMPANY).order_by("name")


@dataclass(frozen=True)
class Next:
    """The step that a consignment waits for: who takes it, and whether that is the viewer."""

    step: str
    words: str
    mine: bool


NEXT: dict[str, tuple[str, str, object]] = {
    Consignment.DECLARED: (Consignment.SHIPPED, "deliveries.ship", _("The exporter hands it to the carrier.")),
    Consignment.SHIPPED: (Consignment.DELIVERED, "deliveries.receive", _("The consignee counts it in by serial.")),
    Consignment.DELIVERED: (Consignment.VERIFIED, "deliveries.verify", _("A monitor verifies the delivery.")),
    Consignment.DISCREPANT: (Consignment.VERIFIED, "deliveries.verify", _("A monitor finds out what explains the difference.")),
}


MINE = {  # the same, said to the one whose step it is
    Consignment.DECLARED: _("Hand it to the carrier"), Consignment.SHIPPED: _("Count in what arrived"),
    Consignment.DELIVERED: _("Verify the delivery"), Consignment.DISCREPANT: _("Find out what explains the difference"),
}


def next_of(consignment: Consignment, user: User | None) -> Next | None:
    """What comes next, or None when nothing does."""
    if consignment.state not in NEXT:
        return None
    step, action, words = NEXT[consignment.state]
    own = party_of(user)
    concerned = {
        "deliveries.ship": consignment.is_handled_by(own),
        "deliveries.receive": own is not None and consignment.consignee.is_below(own),
        "deliveries.verify": True,
    }[action]
    mine = may(user, action) and concerned
    return Next(step, str(MINE[consignment.state] if mine else words), mine)


def is_own(party: Party, reference: str) -> bool:
    """Whether a consignment of this reference is the party's own: declared by it, or sent to its end user."""
    found = Consignment.objects.filter(reference=reference).select_related("licence__application", "consignee").first()
    return found is not None and (found.is_handled_by(party) or found.consignee.path.startswith(party.end_user_path))


def manifest_of(consignment: Consignment) -> QuerySet[ManifestLine]:
    """The firearms of a consignment in the manifest's order, with the licence line of each."""
    return consignment.manifest.select_related("firearm", "line").order_by("pk")


def missing_of(consignment: Consignment) -> QuerySet[ManifestLine]:
    """The firearms that the consignee did not find."""
    return manifest_of(consignment).filter(
        firearm__history__event__reference=consignment.reference, firearm__history__event__sort="lost_in_transit")


def carrier_warning(consignment: Consignment, user: User | None) -> str:
    """What the screening says of the carrier, for those who see screenings; empty when it is clear or not theirs to see."""
    if not sees(user, "screening"):
        return ""
    state = state_of(consignment.carrier)
    return "" if state.state == CLEAR else str(state.why)


def figures(user: User | None) -> dict[str, int]:
    """How many of a viewer's consignments stand in each state."""
    rows: Any = consignments(user).order_by()
    return dict(Counter(rows.values_list("state_now", flat=True)))

