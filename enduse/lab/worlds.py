"""The product's own nouns in the simulator's words: an estimate's draws and the licence pipeline become a world."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from enduse.deliveries.models import ManifestLine
from enduse.diversion.actions import again
from enduse.diversion.models import Estimate
from enduse.engines import evidence, flows
from enduse.licensing.models import Decision, Recommendation
from enduse.measures.models import Measure
from enduse.parties.models import Party
from enduse.reference import table

LOOK_BACK_MONTHS = 36
THROUGH_THE_IMPORTER = {Measure.MORATORIUM, Measure.CAP, Measure.TRANCHE}


def world_of(estimate: Estimate) -> flows.World:
    """The world as the estimate leaves it, with licences to come at the pace and size of the last three years."""
    drawn = again(estimate)
    return flows.World.from_estimate(drawn, pipelines=_pipelines(estimate, drawn), seed=estimate.seed)


def _pipelines(estimate: Estimate, drawn: evidence.Estimate) -> tuple[flows.Pipeline, ...]:
    """One pipeline a firearm type: where guns of the type rest now says where those to come will go."""
    since = estimate.until - timedelta(days=30 * LOOK_BACK_MONTHS)
    decided = Decision.objects.filter(recorded_at__date__gt=since, recorded_at__date__lte=estimate.until)
    approved = decided.filter(outcome=Recommendation.APPROVE).count()
    delivered: Counter[str] = Counter()
    orders: defaultdict[str, set[int]] = defaultdict(set)
    lines = ManifestLine.objects.filter(consignment__declared_on__gt=since, consignment__declared_on__lte=estimate.until)
    for firearm_type, licence in lines.values_list("firearm__firearm_type", "consignment__licence_id").iterator():
        delivered[firearm_type] += 1
        orders[firearm_type].add(licence)
    shares: defaultdict[str, Counter[str]] = defaultdict(Counter)
    owner: dict[str, str] = {}
    for unit in drawn.known.units:
        owner[unit.unit_id] = unit.end_user_id
        for lot in unit.lots:
            shares[lot.firearm_type][unit.unit_id] += lot.quantity
    found = []
    for firearm_type, quantity in sorted(delivered.items()):
        total = sum(shares[firearm_type].values())
        if not total:
            continue
        count = len(orders[firearm_type])
        found.append(flows.Pipeline(
            end_user_id=owner[shares[firearm_type].most_common(1)[0][0]], firearm_type=firearm_type,
            applications_per_month=count / LOOK_BACK_MONTHS / max(approved / max(decided.count(), 1), 1e-9),
            approval=approved / max(decided.count(), 1), lag_months=4.0, quantity=max(1, round(quantity / count)),
            shares=tuple((unit, held / total) for unit, held in shares[firearm_type].items())))
    return tuple(found)


def policy_of(measure: Measure, *, start_of_world: date, world: flows.World) -> flows.Policy:
    """A measure as the simulator knows it: the same object that is enacted, told in months from the world's first."""
    if measure.kind == Measure.CONDITION or measure.calibre:
        raise flows.MeasureError("measures", _("%s is not a measure that can be simulated.") % measure.title,
                                 _("A mandatory condition or a scope of one calibre has no model; simulate stocktakes, checks or tranches."))
    start = max(0, _months_between(start_of_world, measure.starts_on))
    end = None if measure.ends_on is None else max(start, _months_between(start_of_world, measure.ends_on) + 1)
    return flows.Policy(measure.reference, (flows.Measure(
        kind=flows.Kind(measure.kind), authority=flows.Authority(measure.authority), scope=_scope(measure, world), start=start, end=end,
        parameters=_parameters(measure)),))


def _months_between(first: date, second: date) -> int:
    return (second.year - first.year) * 12 + second.month - first.month


def _scope(measure: Measure, world: flows.World) -> flows.Scope:
    """The holdings that the measure covers. MeasureError: none at all, which the simulator would read as all."""
    everyone = {holding.unit_id for holding in world.holdings}
    units, types = everyone & _units(measure, everyone), _types(measure)
    if not any(holding.unit_id in units and (types is None or holding.firearm_type in types) for holding in world.holdings):
        raise flows.MeasureError("measures", _("%s covers no firearm that the estimate knows.") % measure.title,
                                 _("Take it out, or widen its end user, country or type."))
    narrowed = units != everyone or measure.kind == Measure.BAN_ON_UNIT
    return flows.Scope(unit_ids=tuple(sorted(units)) if narrowed else (), types=tuple(sorted(types or ())))


def _units(measure: Measure, everyone: set[str]) -> set[str]:
    units = everyone
    if measure.country:
        units = units & {str(pk) for pk in Party.objects.filter(pk__in=everyone, country=measure.country).values_list("pk", flat=True)}
    # An importer's guns rest with other bodies: a measure on the importer stops what goes through it to all of them,
    # a measure on a holder touches its own units.
    if measure.end_user is None or (measure.end_user.is_importer and measure.kind in THROUGH_THE_IMPORTER):
        return units
    return units & {str(pk) for pk in Party.objects.below(measure.end_user).values_list("pk", flat=True)}


def _types(measure: Measure) -> set[str] | None:
    """The codes of the firearm types that it covers; None: all."""
    if measure.automatic is None:
        return {measure.firearm_type} if measure.firearm_type else None
    fitting = {code for code, entry in table("firearm_types").items() if (entry.more.get("automatic") == "yes") is measure.automatic}
    return fitting & {measure.firearm_type} if measure.firearm_type else fitting


def _parameters(measure: Measure) -> dict[str, float]:
    given = measure.parameters
    if measure.kind == Measure.CAP:
        return {"guns_per_year": 12.0 * given["quantity"] / given["months"]}
    if measure.kind == Measure.TRANCHE:
        return {"tranches": float(min(6, max(2, round(1 / given["share"]))))}
    if measure.kind == Measure.STOCKTAKES:
        return {"every_months": float(given["every_months"])}
    if measure.kind == Measure.CHECK_RATE:
        return {"sample_share": float(given["share"])}
    if measure.kind == Measure.LOCKED_ARMOURY:
        return {"carry_off_kept": 1.0 - float(given["retention"])}
    return {}


def responses_of(chosen: Sequence[str]) -> flows.Responses:
    """The behavioural responses that are switched on, each with its wide prior range; the rest is off."""
    off = flows.Response(0.0, 0.0, on=False)
    on = flows.Responses()
    return flows.Responses(**{name: getattr(on, name) if name in chosen else off for name in flows.Responses.NAMES})
