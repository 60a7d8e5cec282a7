"""How the conditions of a licence stand on a day: kept, due, overdue, broken, or an officer's to look at.

Each watcher reads one condition off what the register holds. `conditions.py` asks those that block before firearms move.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum
from django.utils.translation import gettext as _

from enduse import reference
from enduse.custody.conditions import is_named
from enduse.custody.models import CustodyEvent, CustodyItem, Firearm, Holding, Stocktake, StocktakeLine
from enduse.deliveries.models import Consignment, ConsignmentStep
from enduse.deliveries.returns import next_due, overdue
from enduse.licensing.conditions import as_sentence
from enduse.licensing.models import DutyDone, Licence, LicenceUse
from enduse.measures.actions import months_before
from enduse.parties.models import Party

KEPT, DUE, OVERDUE, BROKEN, OFFICER = "kept", "due", "overdue", "broken", "officer"
WRONG = frozenset({OVERDUE, BROKEN})
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Standing:
    """Where one condition stands: `why` in a sentence, `due_on` the day by which something must happen, if any."""

    code: str
    sentence: str
    state: str
    why: str
    due_on: date | None = None

    @property
    def is_wrong(self) -> bool:
        return self.state in WRONG


Said = tuple[str, str, date | None]
Watcher = Callable[[Licence, Mapping[str, Any], date], Said]


def standing_of(licence: Licence, condition: Mapping[str, Any], on: date) -> Standing:
    """One condition on one day. What no program can see is an officer's."""
    code = str(condition.get("code", ""))
    watcher = WATCHERS.get(code)
    state, why, due_on = watcher(licence, condition.get("parameters") or {}, on) if watcher is not None else (
        OFFICER, _("No program can see this: an officer looks at it."), None)
    return Standing(code, as_sentence(condition), state, why, due_on)


def standings_of(licence: Licence, on: date) -> list[Standing]:
    """Every condition of a licence, what is wrong first."""
    order = (OVERDUE, BROKEN, DUE, OFFICER, KEPT)
    return sorted((standing_of(licence, condition, on) for condition in licence.conditions), key=lambda each: order.index(each.state))


def blocks(code: str) -> bool:
    """Whether a condition that is overdue or broken stops firearms from moving."""
    entry = reference.table("licence_conditions").get(code)
    return entry is not None and entry.more["on_breach"].startswith("blocks")


def _delivered(licence: Licence) -> int:
    counted = ConsignmentStep.objects.filter(consignment__licence=licence, step__in=[Consignment.DELIVERED, Consignment.DISCREPANT])
    return counted.aggregate(n=Sum("received"))["n"] or 0


def _arrivals(licence: Licence) -> Any:
    return ConsignmentStep.objects.filter(consignment__licence=licence, step__in=[Consignment.DELIVERED, Consignment.DISCREPANT]).order_by("on", "pk")


def _firearms(licence: Licence) -> Any:
    return Firearm.objects.filter(manifest_lines__consignment__licence=licence)


def _tranches(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    waiting = [each for each in Consignment.objects.filter(licence=licence).prefetch_related("steps").order_by("pk")
               if each.state not in {Consignment.VERIFIED, Consignment.CANCELLED}]
    if not waiting:
        return KEPT, _("No consignment waits for its verification: the next may be declared."), None
    return DUE, _("The next opens when %s is verified.") % waiting[0].reference, None


def _delivery_verified(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    first = _arrivals(licence).exclude(consignment__steps__step=Consignment.VERIFIED).select_related("consignment").first()
    if first is None:
        return KEPT, _("Every delivery was verified."), None
    due = first.on + timedelta(days=int(told.get("days", 30)))
    words = {"consignment": first.consignment.reference, "on": first.on}
    return OVERDUE if on > due else DUE, _("%(consignment)s arrived on %(on)s and is not verified.") % words, due


def _manifest(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    return KEPT, _("Every consignment is declared here by serial."), None


def _checked_on_site(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    first = _arrivals(licence).first()
    if first is None:
        return KEPT, _("Nothing was delivered yet."), None
    delivered = _delivered(licence)
    needed = ceil(float(told.get("share", 0)) * delivered)
    seen = DutyDone.objects.filter(licence=licence, code="PSV").aggregate(n=Sum("quantity"))["n"] or 0
    words = _("%(seen)d of %(delivered)d delivered were sighted in checks; %(needed)d are asked for.") % {
        "seen": seen, "delivered": delivered, "needed": needed}
    if seen >= needed:
        return KEPT, words, None
    due = _months_after(first.on, int(told.get("months", 12)))
    return OVERDUE if on > due else DUE, words, due


def _all_sighted(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    until = on - timedelta(days=int(told.get("days", 90)))
    old = _firearms(licence).filter(manifest_lines__consignment__steps__in=_arrivals(licence).filter(on__lte=until), holding__state=Holding.HELD)
    counts = Stocktake.objects.filter(self_reported=False, taken_on__gt=on - YEAR, taken_on__lte=on)
    seen = StocktakeLine.objects.filter(stocktake__in=counts, result=StocktakeLine.SIGHTED, firearm__in=old).values("firearm").distinct().count()
    held = old.distinct().count()
    words = _("%(seen)d of %(held)d that are due were sighted by a count from outside within a year.") % {"seen": seen, "held": held}
    return (KEPT if seen >= held else OVERDUE), words, None


def holders_to_count(licence: Licence, months: int, on: date) -> tuple[set[int], set[int]]:
    """The units that have held firearms of the licence for so many months, and those of them counted by serial within them."""
    since = months_before(on, months)
    holders = set(Holding.objects.filter(
        firearm__manifest_lines__consignment__licence=licence, state=Holding.HELD, event__occurred_on__lte=since
    ).exclude(event__sort=CustodyEvent.MANUFACTURED).values_list("party_id", flat=True))
    counted = set(Stocktake.objects.filter(unit__in=holders, taken_on__gt=since, taken_on__lte=on).values_list("unit_id", flat=True))
    return holders, counted


def _counted(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    months = int(told.get("months", 12))
    holders, counted = holders_to_count(licence, months, on)
    words = _("%(counted)d of %(all)d units that must count have counted in %(months)d months.") % {
        "counted": len(counted), "all": len(holders), "months": months}
    if holders - counted:
        return OVERDUE, words, None
    rows = Stocktake.objects.filter(unit__in=holders).values("unit").annotate(last=Max("taken_on")).aggregate(first=Min("last"))
    return KEPT, words, _months_after(rows["first"], months) if rows["first"] else None


def _losses_told(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    events = CustodyEvent.objects.standing().filter(
        sort__in=[CustodyEvent.LOST, CustodyEvent.STOLEN, CustodyEvent.DESERTED_WITH], occurred_on__lte=on,
        lines__firearm__manifest_lines__consignment__licence=licence).distinct()
    allowed = timedelta(hours=int(told.get("hours", 72)))
    late = [event for event in events if event.recorded_at > _end_of(event.occurred_until or event.occurred_on) + allowed]
    words = _("%(late)d of %(all)d losses were told late.") % {"late": len(late), "all": len(events)}
    return (BROKEN if late else KEPT), words, None


def _not_passed_on(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    maker = licence.seller
    gone = {end_user: _passed_on(licence, end_user.end_user, maker, on) for end_user in licence.end_users()}
    words = _("%d firearms of the licence were passed on to other bodies.") % sum(gone.values())
    if not any(gone.values()):
        return KEPT, words, None
    return (OFFICER if all(end_user.is_importer for end_user, count in gone.items() if count) else BROKEN), words, None


def _passed_on(licence: Licence, end_user: Party, maker: Party | None, on: date) -> int:
    """How many firearms of the licence left this end user for another body; what went back to its seller did not."""
    return CustodyItem.objects.filter(
        event__sort=CustodyEvent.TRANSFERRED, event__corrections=None, event__from_party__path__startswith=end_user.path,
        event__occurred_on__lte=on, firearm__manifest_lines__consignment__licence=licence).exclude(
        event__to_party__path__startswith=end_user.path).exclude(event__to_party=maker).exclude(
        _passed_on_as_certified(licence)).values("firearm").distinct().count()


def _passed_on_as_certified(licence: Licence) -> Q:
    """What went to an ultimate end user: its end user's own certificate says so."""
    found = Q(pk__in=[])
    for party in licence.application.chain_asked.ultimate_end_users:
        found |= Q(event__to_party__path__startswith=party.path)
    return found


def _holders(licence: Licence) -> list[tuple[Party, int]]:
    rows = Holding.objects.filter(firearm__manifest_lines__consignment__licence=licence, state=Holding.HELD).exclude(
        event__sort=CustodyEvent.MANUFACTURED).values("party").annotate(n=Count("pk")).order_by("party")
    parties = Party.objects.in_bulk([row["party"] for row in rows])
    return [(parties[row["party"]], row["n"]) for row in rows]


def _only_units(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    free = {licence.application.consignee_id, *(party.pk for party in licence.who_may_hold())}
    other = sum(count for party, count in _holders(licence) if party.pk not in free and not is_named(party, told))
    return (BROKEN if other else KEPT), _("%d firearms of the licence are with other units than those named.") % other, None


def _not_units(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    there = sum(count for party, count in _holders(licence) if is_named(party, told))
    return (BROKEN if there else KEPT), _("%d firearms of the licence are with units that are named.") % there, None


def _new_for_old(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    destroyed = CustodyItem.objects.filter(
        event__sort=CustodyEvent.DESTROYED, event__corrections=None, event__from_party__path__startswith=licence.end_user.end_user_path,
        event__occurred_on__gte=licence.issued_on, event__occurred_on__lte=on).count()
    needed = ceil(float(told.get("ratio", 1)) * _delivered(licence))
    words = _("%(destroyed)d were destroyed since the licence was issued; %(needed)d are asked for before the next lot.") % {
        "destroyed": destroyed, "needed": needed}
    return (KEPT if destroyed >= needed else OVERDUE), words, None


def _route(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    expected = sorted(licence.application.transit_countries)
    odd = [each.reference for each in Consignment.objects.filter(licence=licence).exclude(through=None) if sorted(each.through or []) != expected]
    return (BROKEN if odd else KEPT), _("%d consignments went through other countries than the application names.") % len(odd), None


def shipped_cents(licence: Licence) -> int:
    """What was taken of the licence, at the prices of its application, in US cents."""
    prices = dict(licence.application.lines.values_list("number", "unit_value_cents"))
    rows = LicenceUse.objects.filter(line__licence=licence).values("line__number").annotate(n=Sum("quantity"))
    return sum(prices.get(row["line__number"], 0) * row["n"] for row in rows)


def _value(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    cents, most = shipped_cents(licence), int(told.get("value", 0))
    words = _("%(used)s of %(most)s USD are used.") % {"used": f"{cents / 100:,.2f}", "most": f"{most:,}"}
    return (BROKEN if cents > most * 100 else KEPT), words, None


def _last_day(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    day = date.fromisoformat(str(told["on"]))
    if on <= day:
        return DUE, _("It runs until %s.") % day, day
    # What was shipped in time broke nothing; what would move now does.
    return OVERDUE, _("The day was %s: nothing moves any more.") % day, day


def _back(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    """A temporary export: what was delivered is back with whoever delivered it."""
    day = date.fromisoformat(str(told["on"]))
    out = Holding.objects.filter(firearm__in=_firearms(licence).filter(manifest_lines__consignment__steps__in=_arrivals(licence)))
    away = out.exclude(state=Holding.HELD, party=F("firearm__manifest_lines__consignment__seller")).values("firearm").distinct().count()
    every = out.values("firearm").distinct().count()
    words = _("%(away)d of %(all)d delivered are not back with their seller.") % {"away": away, "all": every}
    if every and not away:
        return KEPT, _("Everything that was delivered is back with its seller."), None
    return (OVERDUE if on > day and away else DUE), words, day


def _review(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    day = date.fromisoformat(str(told["on"]))
    return (OVERDUE if on > day else DUE), _("To be reviewed by %s; after that nothing moves until the licence is replaced.") % day, day


def _notice(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    day = licence.issued_on + timedelta(days=int(told.get("days", 30)))
    if on >= day:
        return KEPT, _("The days since the licence was issued have passed."), None
    return OVERDUE, _("Nothing moves before %s.") % day, day


def _use_known(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    used = LicenceUse.objects.filter(line__licence=licence).aggregate(n=Sum("quantity"))["n"] or 0
    return KEPT, _("%(used)d of %(all)d are used, as declared here by serial.") % {"used": used, "all": licence.quantity()}, None


def _first_used(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    """Nothing is declared before it is registered, so it is always kept; the page says for whom it is used."""
    count = licence.first_uses.filter(recorded_at__date__lte=on).count()
    return KEPT, _("The first use is registered for %d recipients; nothing is declared for another.") % count, None


def _returned(licence: Licence, told: Mapping[str, Any], on: date) -> Said:
    late, following = overdue(licence, on), next_due(licence, on)
    if late:
        words = {"starts": late[0].starts_on, "ends": late[0].ends_on, "count": len(late)}
        return OVERDUE, _("%(count)d returns are overdue; the first is from %(starts)s to %(ends)s.") % words, late[0].due_on
    if following is None:
        return KEPT, _("Every return was filed."), None
    words = {"starts": following.starts_on, "ends": following.ends_on}
    return DUE, _("The next return is from %(starts)s to %(ends)s.") % words, following.due_on


def _months_after(day: date, months: int) -> date:
    return months_before(day, -months)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=UTC)


WATCHERS: dict[str, Watcher] = {
    "TRANCHES": _tranches, "DVC": _delivery_verified, "MANIFEST": _manifest, "PSV": _checked_on_site, "PSV100": _all_sighted, "STOCKTAKE": _counted,
    "LOSSREPORT": _losses_told, "NORETRANSFER": _not_passed_on, "ENDUSEONLY": _only_units, "NOUNIT": _not_units, "NEWFOROLD": _new_for_old,
    "ROUTE": _route, "VALUECAP": _value, "EXPIRY": _last_day, "NOTIFY": _notice, "REPORTUSE": _use_known, "SUNSET": _review,
    "RETURN": _back, "FIRSTUSE": _first_used, "RETURNS": _returned,
}
