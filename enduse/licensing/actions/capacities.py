"""As what an applicant asks, and who may sell: an exporter or a buying government, a broker, a carrier. A step of filing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from enduse import reference
from enduse.licensing import kinds
from enduse.licensing.models import Application
from enduse.parties.models import Party
from enduse.refusals import Problems

# What a kind's row asks, and who applies for such a kind: nobody here makes what passes through or is sold elsewhere.
APPLIES_WHERE = {"broker": Application.BROKER, "carrier": Application.CARRIER}


def applies_for(kind: str) -> str | None:
    """The capacity in which a kind is applied for, as its row says. None: as an exporter or a buying government."""
    asked = kinds.asks(kind)
    return next((capacity for word, capacity in APPLIES_WHERE.items() if word in asked), None)


def check_capacity(application: Application, problems: Problems) -> None:
    """The capacity fits the kind, and the seller fits the capacity; each fault with its field."""
    if application.kind not in reference.table(kinds.TABLE) or application.capacity not in dict(Application.CAPACITIES):
        return  # said already
    wanted = applies_for(application.kind)
    if wanted is not None or application.capacity in APPLIES_WHERE.values():
        _check_abroad(application, wanted, problems)
    elif application.capacity == Application.EXPORTER:
        if application.seller is None or not application.seller.is_registered_maker:
            problems.add(_("The seller is not a registered maker."), _("Register first, or name the maker that sells."), field="seller",
                         found=str(application.seller or ""))
    elif kinds.is_open(application.kind):
        problems.add(_("An open licence is an exporter's: it ships to several recipients over years."),
                     _("Apply as an exporter, or ask for an individual licence for your own state."), field="capacity")
    elif not _buys_for(application.applicant, application.end_user):
        problems.add(
            _("A buying government applies for itself or for a body of its own state."),
            _("Choose an end user of your country, or apply as an exporter."), field="end_user", found=str(application.end_user))


def _check_abroad(application: Application, wanted: str | None, problems: Problems) -> None:
    """A broker asks for what it brokers, a carrier for what it carries through; who sells is named and is another.

    Where the row of the kind lets it be abroad it need not be registered here.
    """
    applicant, seller = application.applicant, application.seller
    if application.capacity != wanted:
        problems.add(_("A brokered sale is applied for by its broker, a transit by its carrier, and they for nothing else."),
                     _("Choose the capacity that fits the kind of licence."), field="capacity", found=str(application.get_capacity_display()))
    elif application.capacity == Application.BROKER and not applicant.registration:
        problems.add(_("A broker is registered before it brokers."), _("Register first."), field="capacity", found=applicant.name)
    elif applicant.kind != Party.COMPANY:
        problems.add(_("A broker or a carrier is a company."), _("Apply as what you are."), field="capacity", found=applicant.name)
    if seller is None:
        problems.add(_("This kind of licence names who sells."), _("Choose the seller; it may be abroad."), field="seller")
    elif wanted is not None:
        check_seller(seller, application.kind, applicant, problems, field="seller")


def check_seller(seller: Party, kind: str, applicant: Party, problems: Problems, *, field: str) -> None:
    """Who sells under a kind: a registered maker, or where the row of the kind says so anybody abroad but who brokers or carries."""
    if not kinds.sells_abroad(kind):
        if not seller.is_registered_maker:
            problems.add(_("The seller is not a registered maker."), _("Register it first."), field=field, found=seller.name)
    elif seller == applicant or seller.kind == Party.PERSON or seller.parent_id is not None:
        problems.add(_("Who sells is a company or a state body, and not the one who brokers or carries."), _("Name the seller."), field=field,
                     found=seller.name)


def _buys_for(applicant: Party, end_user: Party) -> bool:
    if applicant.end_user_id == end_user.end_user_id:
        return True
    public = {Party.STATE_BODY, Party.ARMED_FORCE, Party.POLICE}
    return applicant.country == end_user.country and (applicant.kind == Party.STATE_BODY or applicant.is_importer) and end_user.kind in public
