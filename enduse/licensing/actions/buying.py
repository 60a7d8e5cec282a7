"""A buying government orders from registered makers what it was granted; each order is a reservation that no other maker may take."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.licensing.actions.amending import refuse_unless_clear
from enduse.licensing.actions.filing import own_party
from enduse.licensing.actions.permits import refuse_unless_live, reserved_of_lines
from enduse.licensing.models import Licence, LicenceLine, LicenceUse, Purchase, PurchaseRelease
from enduse.licensing.queries import used_by_line
from enduse.measures.actions import refuse_if_measure_in_force
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem, Problems, Refused


def buy(licence: Licence, *, line: int, maker: Party, quantity: int, order: str, by: User) -> Purchase:
    """Reserve a quantity of a line for one registered maker.

    Refused: rule 1 (more than is neither declared nor ordered), rule 2 (a maker that is not clear against the lists), rule 3 (a measure
    in force in the line's scope), a licence that is not the user's own, not a buying government's or not live.
    """
    permit(by, "licensing.buy")
    with transaction.atomic():
        licence = Licence.objects.lock(licence.pk)
        _refuse_not_own(licence, by)
        refuse_unless_live(licence, clock.today())
        chosen = _checked(licence, line, maker, quantity, order)
        refuse_unless_clear(maker)
        for end_user in licence.who_may_hold():
            refuse_if_measure_in_force(end_user=end_user, country=licence.application.country, lines=[chosen], on=clock.today())
        free = chosen.quantity - used_by_line(licence).get(chosen.pk, 0) - sum(reserved_of_lines([chosen])[chosen.pk].values())
        if quantity > free:
            raise Refused(_("Of line %(line)d of %(licence)s %(free)d are neither declared nor ordered; this order asks for %(here)d."),
                          _("Order no more than is free, or release another order."), rule=1, line=chosen.number, licence=licence.reference,
                          free=max(free, 0), here=quantity)
        used = LicenceUse.objects.filter(line=chosen, maker=maker).aggregate(n=Sum("quantity"))["n"] or 0
        return record(Purchase(licence=licence, line=chosen, maker=maker, quantity=quantity, used_before=used, order=order.strip()[:60]), by=by)


def _refuse_not_own(licence: Licence, by: User) -> None:
    """Rule 10: another party's licence is as if it did not exist; a licence of an exporter has its seller already."""
    if licence.application.applicant_id != own_party(by).pk:
        raise Refused(_("Your party has no such licence."), _("Look in your list of licences."), rule=10)
    if licence.seller is not None:
        raise Refused(_("%(licence)s names its seller: nothing is ordered from another."), _("Order from the seller."), licence=licence.reference)


def _checked(licence: Licence, line: int, maker: Party, quantity: int, order: str) -> LicenceLine:
    problems = Problems()
    chosen = licence.lines.filter(number=line).first()
    if chosen is None:
        problems.add(_("The licence has no such line."), _("Choose one of its lines."), field="line", found=str(line))
    if not maker.is_registered_maker:
        problems.add(_("Only a registered maker delivers."), _("Choose a registered maker."), field="maker", found=maker.name)
    if quantity < 1:
        problems.add(_("A quantity is a whole number above 0."), _("Correct it."), field="quantity", found=str(quantity))
    if not order.strip():
        problems.add(_("A purchase names its order."), _("Write the order's reference."), field="order")
    problems.raise_if_any()
    return chosen  # type: ignore[return-value]  # a missing line was raised above


def release_purchase(purchase: Purchase, *, reason: str, by: User) -> PurchaseRelease:
    """The order fell through: what was not declared of it is free for any registered maker again."""
    permit(by, "licensing.buy")
    if not reason.strip():
        raise Invalid(Problem(_("A release says why."), _("Write a sentence."), field="reason"))
    with transaction.atomic():
        licence = Licence.objects.lock(purchase.licence_id)
        _refuse_not_own(licence, by)
        if PurchaseRelease.objects.filter(purchase=purchase).exists():
            raise Refused(_("This purchase was released already."), _("Nothing more is needed."))
        return record(PurchaseRelease(purchase=purchase, reason=reason.strip()), by=by)


def purchases_of(licence: Licence) -> list[tuple[Purchase, int]]:
    """Each purchase with how many of it are still to be declared; the oldest are filled first."""
    rows = list(licence.purchases.select_related("line", "maker", "release", "recorded_by").order_by("pk"))
    left: dict[tuple[int, int], int] = defaultdict(int)
    for line, by_maker in reserved_of_lines([purchase.line for purchase in rows]).items():
        for maker, quantity in by_maker.items():
            left[line, maker] = quantity
    shown = []
    for purchase in reversed(rows):
        key = (purchase.line_id, purchase.maker_id)
        here = 0 if purchase.is_released else min(purchase.quantity, left[key])
        left[key] -= here
        shown.append((purchase, here))
    return shown[::-1]
