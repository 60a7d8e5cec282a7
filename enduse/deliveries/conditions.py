"""What must hold before firearms move: the conditions of a licence, and measures in force, that a program can check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from enduse import clock
from enduse.deliveries.models import Consignment, ConsignmentStep
from enduse.deliveries.returns import overdue
from enduse.deliveries.watching import holders_to_count, is_named, shipped_cents, standing_of
from enduse.licensing import dated
from enduse.licensing.actions import refuse_before_first_use
from enduse.licensing.models import Licence, LicenceLine
from enduse.measures.models import Measure
from enduse.measures.queries import in_force
from enduse.parties.models import Party
from enduse.refusals import Refused


@dataclass(frozen=True)
class Moving:
    """What is about to be declared or shipped. `consignment` is None while it is being declared."""

    licence: Licence
    consignee: Party
    end_user: Party
    lines: Mapping[LicenceLine, int]
    on: date
    consignment: Consignment | None = None
    through: Sequence[str] | None = None  # while it is being declared

    @property
    def quantity(self) -> int:
        return sum(self.lines.values())

    @property
    def answerable(self) -> Party:
        """Whose measures apply: the consignee where it is a unit of the end user, else the end user."""
        return self.consignee if self.consignee.is_below(self.end_user) else self.end_user

    @property
    def country(self) -> str:
        """Where it goes: under an open licence where its end user is."""
        return self.end_user.country if self.licence.is_open else self.licence.application.country

    def others(self) -> list[Consignment]:
        """The licence's other consignments that were not cancelled."""
        every = Consignment.objects.filter(licence=self.licence).order_by("pk").prefetch_related("steps")
        if self.consignment is not None:
            every = every.exclude(pk=self.consignment.pk)
        return [each for each in every if each.state != Consignment.CANCELLED]


@dataclass(frozen=True)
class Duty:
    """A condition or a measure: what is checked, its numbers, and who asks for it. `rule`: 3 when it is a measure."""

    code: str
    parameters: Mapping[str, Any]
    asked_by: str
    rule: int | None = None

    def number(self, name: str, default: int = 0) -> int:
        try:
            return int(self.parameters.get(name, default))
        except (TypeError, ValueError):
            return default

    def refused(self, reason: str, remedy: str, **facts: Any) -> Refused:
        return Refused(_("%(asked_by)s: %(what)s"), remedy, rule=self.rule, asked_by=self.asked_by, what=reason % facts if facts else reason)


def refuse_against_duties(moving: Moving) -> None:
    """Every duty that can be checked now holds; the first that does not is named. Conditions in words only pass."""
    for duty in duties_of(moving):
        check = CHECKS.get(duty.code)
        if check is not None:
            check(moving, duty)


def duties_of(moving: Moving) -> Iterator[Duty]:
    """The licence's conditions, then the measures in force in its scope (rule 3)."""
    for condition in moving.licence.conditions:
        yield Duty(condition.get("code", ""), condition.get("parameters") or {}, _("A condition of %s") % moving.licence.reference)
    for measure in in_force(moving.on, end_user=moving.answerable, country=moving.country, lines=moving.lines):
        named = _("Measure %(reference)s (%(authority)s %(number)s)") % {
            "reference": measure.reference, "authority": measure.get_authority_display(), "number": measure.authority_reference}
        if measure.kind == Measure.TRANCHE:
            yield Duty("TRANCHES", {"quantity": ceil(measure.parameters["share"] * moving.licence.quantity())}, named, rule=3)
        elif measure.kind == Measure.STOCKTAKES:
            yield Duty("STOCKTAKE", {"months": measure.parameters.get("every_months")}, named, rule=3)
        elif measure.kind == Measure.CONDITION:
            yield Duty(measure.parameters["code"], measure.parameters["parameters"], named, rule=3)


def _tranches(moving: Moving, duty: Duty) -> None:
    """TRANCHES: a consignment has at most so many firearms, and the next opens when the last is verified."""
    largest = duty.number("quantity")
    if largest and moving.quantity > largest:
        raise duty.refused(_("no consignment has more than %(largest)d firearms, and this one has %(here)d."),
                           _("Split it, and declare the next part when this one is verified."), largest=largest, here=moving.quantity)
    waiting = next((each for each in moving.others() if each.state != Consignment.VERIFIED), None)
    if moving.consignment is None and waiting is not None:
        raise duty.refused(_("the next consignment opens when the last is verified, and %(last)s is not."),
                           _("Wait until a monitor has verified its delivery."), last=waiting.reference)


def _delivery_verified(moving: Moving, duty: Duty) -> None:
    """DVC: a delivery is verified within so many days of its arrival; an overdue one blocks the next."""
    days = duty.number("days", 30)
    late = ConsignmentStep.objects.filter(
        consignment__licence=moving.licence, step__in=[Consignment.DELIVERED, Consignment.DISCREPANT], on__lt=moving.on - timedelta(days=days)
    ).exclude(consignment__steps__step=Consignment.VERIFIED).select_related("consignment").order_by("pk").first()
    if late is not None:
        raise duty.refused(_("a delivery is verified within %(days)d days, and %(late)s, which arrived on %(on)s, is not."),
                           _("Ask the monitor to verify it first."), days=days, late=late.consignment.reference, on=late.on.isoformat())


def _counted(moving: Moving, duty: Duty) -> None:
    """STOCKTAKE: every unit that has held firearms of this licence for so many months was counted by serial in them."""
    months = duty.number("months", 12)
    holders, counted = holders_to_count(moving.licence, months, moving.on)
    if holders - counted:
        # How many, not which: an exporter does not see the end user's units (rule 10).
        raise duty.refused(_("holders count by serial every %(months)d months, and %(here)d of %(all)d are overdue."),
                           _("The end user must report its counts first."), months=months, here=len(holders - counted), all=len(holders))


def _not_to_named(moving: Moving, duty: Duty) -> None:
    """NOUNIT: nothing is sent to a unit that the condition names, or below it."""
    if is_named(moving.consignee, duty.parameters):
        raise duty.refused(_("%(consignee)s may not receive these firearms."), _("Send them to another unit."), consignee=moving.consignee.name)


def _by_the_way(moving: Moving, duty: Duty) -> None:
    """ROUTE: a consignment goes through the countries that its application names."""
    expected = sorted(moving.licence.application.transit_countries)
    through = moving.consignment.through if moving.consignment is not None else moving.through
    if through is not None and sorted(through) != expected:
        raise duty.refused(_("the way is through %(expected)s, and this consignment goes through %(through)s."),
                           _("Take the way of the application, or ask the authority."), expected=", ".join(expected) or _("no other country"),
                           through=", ".join(sorted(through)) or _("no other country"))


def _within_value(moving: Moving, duty: Duty) -> None:
    """VALUECAP: what was taken and this, at the prices of the application, stay within the value. Once declared it is counted already."""
    prices = dict(moving.licence.application.lines.values_list("number", "unit_value_cents"))
    here = sum(prices.get(line.number, 0) * quantity for line, quantity in moving.lines.items()) if moving.consignment is None else 0
    used, most = shipped_cents(moving.licence), duty.number("value") * 100
    if used + here > most:
        raise duty.refused(_("at most %(most)s USD are shipped in all, and this makes %(all)s USD."), _("Take firearms off the manifest."),
                           most=f"{most / 100:,.2f}", all=f"{(used + here) / 100:,.2f}")


def _first_used(moving: Moving, duty: Duty) -> None:
    """FIRSTUSE: the end user's first use is registered, and it is clear. An open licence asks this before its undertaking, too."""
    refuse_before_first_use(moving.licence, moving.end_user)


def _returns(moving: Moving, duty: Duty) -> None:
    """RETURNS: by the rule of the day nothing moves while a return is overdue; of what day it is said to be, and today."""
    for day in sorted({moving.on, clock.today()}):
        late = overdue(moving.licence, day)
        rule = dated.returns_stop(day)
        if late and rule is not None:
            raise duty.refused(_("the return from %(starts)s to %(ends)s was due on %(due)s and is not filed (%(rule)s)."),
                               _("File it first; a period in which nothing was shipped has a return too."), starts=late[0].starts_on.isoformat(),
                               ends=late[0].ends_on.isoformat(), due=late[0].due_on.isoformat(), rule=rule.code)


def _as_it_stands(moving: Moving, duty: Duty) -> None:
    """What blocks and is overdue or broken on the day: a last day, a review, days of notice, old firearms to destroy."""
    standing = standing_of(moving.licence, {"code": duty.code, "parameters": dict(duty.parameters)}, moving.on)
    if standing.is_wrong:
        raise duty.refused("%(sentence)s. %(why)s", _("Ask the licensing authority."), sentence=standing.sentence, why=standing.why)


# MANIFEST needs no check of its own: nothing can be shipped that was not declared by serial.
CHECKS: dict[str, Callable[[Moving, Duty], None]] = {
    "TRANCHES": _tranches, "DVC": _delivery_verified, "STOCKTAKE": _counted, "NOUNIT": _not_to_named, "ROUTE": _by_the_way,
    "VALUECAP": _within_value, "EXPIRY": _as_it_stands, "SUNSET": _as_it_stands, "NOTIFY": _as_it_stands, "NEWFOROLD": _as_it_stands,
    "RETURNS": _returns, "FIRSTUSE": _first_used,
}
