"""Conditions of a licence on who may hold its firearms: ENDUSEONLY and NOUNIT, asked before anything is passed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from enduse.accounts.permissions import Role
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.custody import holdings
from enduse.custody.models import CustodyEvent, CustodyItem, Firearm
from enduse.licensing.conditions import as_sentence
from enduse.licensing.kinds import TEMPORARY
from enduse.licensing.models import Licence
from enduse.parties.models import Party
from enduse.refusals import Refused


def named_units(told: Mapping[str, Any]) -> set[str]:
    """The units that a condition names, as they are compared."""
    return {" ".join(part.split()).casefold() for part in str(told.get("units", "")).replace(";", ",").split(",") if part.strip()}


def is_named(party: Party, told: Mapping[str, Any]) -> bool:
    """Whether a party, or one that it stands below, is among the units that a condition names."""
    above = Party.objects.filter(pk__in=[int(step) for step in party.path.split("/") if step]).values_list("name", flat=True)
    return bool({" ".join(name.split()).casefold() for name in above} & named_units(told))


def may_hold(licence: Licence, condition: Mapping[str, Any], unit: Party) -> bool:
    """Whether a condition of a licence leaves its firearms to this unit. A condition on something else does."""
    told = condition.get("parameters", {})
    if unit == licence.seller:  # what goes back to its seller is passed on to nobody
        return True
    if condition["code"] == "NOUNIT":
        return not is_named(unit, told)
    if condition["code"] == "ENDUSEONLY":
        return unit.pk in {licence.application.consignee_id, *(party.pk for party in licence.who_may_hold())} or is_named(unit, told)
    return True


def refuse_against_conditions(licences: Sequence[Licence], to_unit: Party) -> None:
    """What a licence was granted for only some units, or not for one, is not passed on to another; the authority is told that somebody tried.

    `licences`: those that the firearms were shipped under, see `licences_of`.
    """
    for licence in licences:
        for condition in licence.conditions:
            if may_hold(licence, condition, to_unit):
                continue
            sentence = as_sentence(condition)
            raise_alert(
                Alert.TRANSFER, role=Role.LICENSING_OFFICER, party=licence.application.end_user, link=f"/licensing/licences/{licence.reference}/",
                because=_("A transfer to %(unit)s was refused. %(licence)s: %(condition)s") % {
                    "unit": to_unit, "licence": licence.reference, "condition": sentence})
            raise Refused(
                _("A condition of %(licence)s keeps these firearms from %(unit)s: %(condition)s."),
                _("Leave them where they may be held, or ask the licensing authority for its consent first."),
                licence=licence.reference, unit=to_unit.name, condition=sentence)


def refuse_unless_going_back(firearms: Sequence[Firearm], to_unit: Party) -> None:
    """To a company goes only what it delivered itself under a temporary export: everything else would be a new export."""
    if to_unit.kind != Party.COMPANY:
        return
    from_it = 0
    for part in holdings.chunks(firearms):
        from_it += CustodyItem.objects.filter(
            firearm__in=part, event__sort=CustodyEvent.SHIPPED, event__from_party=to_unit, event__licence__application__kind=TEMPORARY
        ).values("firearm").distinct().count()
    if from_it != len(firearms):
        raise Refused(
            _("%(company)s did not deliver all of these under a temporary export: %(count)d are not its own to take back."),
            _("Take them off the list; what is sold or sent to a company needs a licence of its own."), company=to_unit.name,
            count=len(firearms) - from_it)
