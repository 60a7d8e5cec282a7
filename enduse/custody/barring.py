"""What end-use certificates keep from a unit: asked before firearms are passed on, and told where they are counted all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from enduse.accounts.permissions import Role
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.custody import holdings
from enduse.custody.models import CustodyEvent, CustodyItem, Firearm
from enduse.custody.shipped import licences_of
from enduse.licensing.models import EndUseCertificate, Licence
from enduse.parties.models import Party
from enduse.refusals import Refused


def refuse_barred(firearms: Sequence[Firearm], to_unit: Party, licences: Sequence[Licence]) -> None:
    """The end-use certificate is part of the licence: a barred body or region never receives; the authority is told that somebody tried.

    `licences`: those that the firearms were shipped under, see `licences_of`.
    """
    for number, end_user, _guns in _barring(firearms, to_unit, licences):
        raise_alert(
            Alert.TRANSFER, role=Role.LICENSING_OFFICER, party=end_user, link=f"/parties/{to_unit.pk}/",
            because=_("A transfer to %(unit)s was refused: certificate %(number)s bars it.") % {"unit": to_unit, "number": number})
        raise Refused(_("The end-use certificate %(number)s bars %(unit)s from holding these firearms."),
                      _("Ask the licensing authority for its consent first."), number=number, unit=to_unit.name)


def tell_of_barred(firearms: Sequence[Firearm], unit: Party, *, link: str) -> None:
    """Firearms were counted in a unit that their certificate bars: they are there, whoever brought them; the licensing officer hears of it."""
    for number, end_user, guns in _barring(firearms, unit, licences_of(firearms)):
        raise_alert(
            Alert.BARRED, role=Role.LICENSING_OFFICER, party=end_user, link=link,
            because=_("Counted in %(unit)s, which certificate %(number)s bars: %(guns)s.") % {
                "unit": unit, "number": number, "guns": ", ".join(f"{gun.make_name} {gun.tail}" for gun in guns[:10])})


def _barring(firearms: Sequence[Firearm], unit: Party, licences: Sequence[Licence]) -> Iterator[tuple[str, Party, list[Firearm]]]:
    """(number, end user, which of the firearms were shipped on it) of each certificate that bars the unit."""
    for licence in licences:
        application = licence.application
        certificate: EndUseCertificate | None = getattr(application, "certificate", None)
        if certificate is not None and certificate.bars(unit) and (guns := _shipped_under(firearms, licence)):
            yield certificate.number, application.end_user, guns
    for undertaking in (each for licence in licences for each in licence.undertakings.all()):
        if undertaking.bars(unit) and (guns := _shipped_under(firearms, undertaking.licence, undertaking.consignments())):
            yield undertaking.certificate.number, undertaking.end_user, guns


def _shipped_under(firearms: Sequence[Firearm], licence: Licence, consignments: Sequence[str] | None = None) -> list[Firearm]:
    """Those that were shipped under the licence; `consignments`: only on one of these."""
    shipped = CustodyItem.objects.filter(event__sort=CustodyEvent.SHIPPED, event__licence=licence)
    if consignments is not None:
        shipped = shipped.filter(event__reference__in=consignments)
    keys: set[int] = set()
    for part in holdings.chunks(firearms):
        keys.update(shipped.filter(firearm__in=part).values_list("firearm_id", flat=True))
    return [gun for gun in firearms if gun.pk in keys]
