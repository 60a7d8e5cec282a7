"""Seventy-two months, each through the product's own actions: what is granted, delivered, held, counted, lost, found.

The story knows what truly happened to each firearm; the register only learns what somebody reports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np

from enduse import clock
from enduse.custody import actions as custody
from enduse.custody.counting import Read, stocktake
from enduse.custody.models import CustodyEvent, Firearm, Holding
from enduse.demo import facts
from enduse.demo.guns import Works
from enduse.demo.people import Cast, first_of_next
from enduse.parties.actions import report_personnel
from enduse.parties.models import Party

KEPT_BY_ARMY = 0.35  # an importer for all resells most: the rest goes to state police
HIDES = 0.30  # a self-reported count that hides what is missing
COUNT_EVERY_MONTHS = 12
FIRST_COUNTS = date(2007, 10, 1)


@dataclass
class Away:
    """A firearm that truly left: from where, how, when, and whether its unit ever says so."""

    gun: Firearm
    unit: Party
    channel: str
    on: date
    reported: bool


@dataclass
class Story:
    """The state of the world as it is, beside the register of what was said."""

    cast: Cast
    rng: np.random.Generator
    works: Works = field(default_factory=Works)
    there: dict[int, list[Firearm]] = field(default_factory=lambda: defaultdict(list))  # physically in the unit
    gone_unsaid: dict[int, list[Firearm]] = field(default_factory=lambda: defaultdict(list))  # in its books only
    away: list[Away] = field(default_factory=list)
    to_say: dict[date, list[Away]] = field(default_factory=lambda: defaultdict(list))
    to_move: dict[date, list[tuple[Party, Party, list[Firearm]]]] = field(default_factory=lambda: defaultdict(list))
    units: dict[int, Party] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.units = {unit.pk: unit for unit in self.cast.holders()}

    # -- what arrived is passed on -------------------------------------------------------------------------------

    def pass_on(self, guns: Sequence[Firearm], month: date, *, only: Party | None = None, barred: Sequence[str] = ()) -> None:
        """The depot's consignment is shared out: to zones and on to battalions, or resold to police forces and on to stations."""
        order = list(self.rng.permutation(len(guns)))
        shuffled = [guns[n] for n in order]
        if only is not None:
            self._to_force(only, shuffled, month)
            return
        keep = round(len(shuffled) * KEPT_BY_ARMY)
        # What the end-use certificate bars gets none: the register would refuse it.
        zones = [zone for zone in self.cast.zones if zone.region not in barred]
        forces = [force for force in self.cast.forces if force.region not in barred]
        for zone, part in _shares(self.rng, zones, shuffled[:keep], at_most=2):
            self.to_move[month].append((self.cast.depot, zone, part))
            battalions = [unit for unit in self.cast.battalions if unit.parent_id == zone.pk]
            for unit, some in _shares(self.rng, battalions, part, at_most=2):
                self.to_move[first_of_next(month)].append((zone, unit, some))
        for force, part in _shares(self.rng, forces, shuffled[keep:], at_most=3):
            self._to_force(force, part, month)

    def _to_force(self, force: Party, part: list[Firearm], month: date) -> None:
        self.to_move[month].append((self.cast.depot, force, part))
        stations = [unit for unit in self.cast.stations if unit.parent_id == force.pk]
        for unit, some in _shares(self.rng, stations, part, at_most=2):
            self.to_move[first_of_next(month)].append((force, unit, some))

    def move(self, month: date) -> None:
        """What was planned to move this month moves."""
        for number, (start, end, guns) in enumerate(self.to_move.pop(month, [])):
            day = month.replace(day=4 + number % 8)
            guns = self._still_at(start, guns)
            if not guns:
                continue
            with at(day, 10 + number % 7):
                custody.move(guns, from_unit=start, to_unit=end, occurred_on=day, by=self.cast.custodian_of(start), reference=f"ORD-{month:%Y%m}-{number + 1:03d}")
            if end.pk in self.units:
                self.there[end.pk] += guns

    def _still_at(self, unit: Party, guns: list[Firearm]) -> list[Firearm]:
        """A firearm that a trace took for a seized one is out of the books, rightly or not, and cannot be passed on."""
        held = set(Holding.objects.filter(party=unit, state=Holding.HELD).values_list("firearm_id", flat=True))
        return [gun for gun in guns if gun.pk in held]

    # -- what leaves ------------------------------------------------------------------------------------------------

    def desert_and_lose(self, month: date) -> None:
        """A month's desertions (reported as recorded), and what leaves each unit, said or not."""
        deserters = self._deserters(month)
        for unit_id, unit in self.units.items():
            stock = self.there[unit_id]
            if not stock:
                continue
            kind = "police" if unit.kind == Party.POLICE else "army"
            carried = int(self.rng.binomial(deserters.get(unit_id, 0), facts.CARRIED_OFF))
            self._leave(unit, CustodyEvent.DESERTED_WITH, carried, month)
            for channel in ("stolen", "sold", "not_sighted"):
                self._leave(unit, channel, int(self.rng.binomial(len(stock), facts.HAZARDS[kind, channel])), month)
            # Now and then an armoury is raided: losses come in clusters.
            if kind == "police" and self.rng.random() < 0.0012:
                self._leave(unit, CustodyEvent.STOLEN, int(self.rng.integers(15, 60)), month)

    def _deserters(self, month: date) -> dict[int, int]:
        battalions = self.cast.battalions
        total = int(self.rng.poisson(facts.DESERTIONS[month.year] / 12))
        split = self.rng.multinomial(total, [1 / len(battalions)] * len(battalions))
        counts = {unit.pk: int(n) for unit, n in zip(battalions, split, strict=True)}
        last = first_of_next(month) - timedelta(days=1)
        with at(last, 17):
            report_personnel(self.cast.army, month, [(unit, self.cast.personnel[unit.pk], counts[unit.pk]) for unit in battalions],
                             by=self.cast.users["custodian"])
        return counts

    def _leave(self, unit: Party, channel: str, count: int, month: date) -> None:
        stock = self.there[unit.pk]
        police = unit.kind == Party.POLICE
        for _one in range(min(count, len(stock))):
            gun = stock.pop(int(self.rng.integers(len(stock))))
            on = month.replace(day=int(self.rng.integers(1, 26)))
            said = channel != "sold" and self.rng.random() < (facts.POLICE_REPORTS if police else facts.ARMY_REPORTS)
            left = Away(gun, unit, channel, on, bool(said))
            self.away.append(left)
            self.gone_unsaid[unit.pk].append(gun)
            if said:
                when = month
                for _month in range(int(self.rng.integers(0, 4))):
                    when = first_of_next(when)
                self.to_say[when].append(left)

    def say(self, month: date) -> None:
        """Losses whose report falls in this month: one event for each unit and way."""
        together: dict[tuple[int, str], list[Away]] = defaultdict(list)
        for left in self.to_say.pop(month, []):
            together[left.unit.pk, left.channel].append(left)
        day = (first_of_next(month) - timedelta(days=2))
        for number, ((unit_id, channel), lefts) in enumerate(sorted(together.items())):
            unit = self.units[unit_id]
            self._drop_recovered(unit_id)
            in_books = {gun.pk for gun in self.gone_unsaid[unit_id]}
            lefts = [left for left in lefts if left.gun.pk in in_books]
            if not lefts:
                continue
            with at(day, 8 + number % 9):
                custody.report_loss(
                    [left.gun for left in lefts], sort=channel, unit=unit, occurred_on=min(left.on for left in lefts),
                    occurred_until=max(left.on for left in lefts) if len(lefts) > 1 else None, place=unit.region,
                    reference=f"CASE-{month:%Y%m}-{unit_id}-{channel[:2].upper()}", by=self.cast.custodian_of(unit))
            said = {left.gun.pk for left in lefts}
            self.gone_unsaid[unit_id] = [gun for gun in self.gone_unsaid[unit_id] if gun.pk not in said]

    # -- what is counted ---------------------------------------------------------------------------------------------

    def count(self, month: date) -> None:
        """A twelfth of the units counts each month; some hide what is missing."""
        if month < FIRST_COUNTS:
            return
        day = month.replace(day=24)
        for number, unit in enumerate(self.cast.holders()):
            if (number + month.month) % COUNT_EVERY_MONTHS or not (self.there[unit.pk] or self.gone_unsaid[unit.pk]):
                continue
            self._drop_recovered(unit.pk)
            seen = list(self.there[unit.pk])
            if self.rng.random() < HIDES:
                seen += self.gone_unsaid[unit.pk]
            outside = self.rng.random() < 0.15
            with at(day, 12):
                stocktake(unit, [Read(gun.serial, gun.make) for gun in seen], taken_on=day, by=self.cast.custodian_of(unit), self_reported=not outside)

    def _drop_recovered(self, unit_id: int) -> None:
        """A firearm that was traced is out of its unit's books, reported or not."""
        gone = self.gone_unsaid[unit_id]
        held = set(Holding.objects.filter(firearm__in=[gun.pk for gun in gone], state=Holding.HELD).values_list("firearm_id", flat=True))
        self.gone_unsaid[unit_id] = [gun for gun in gone if gun.pk in held]

    def books(self, unit_id: int) -> int:
        """How many the register says the unit holds."""
        return len(self.there[unit_id]) + len(self.gone_unsaid[unit_id])

    def is_there(self, unit_id: int) -> set[int]:
        return {gun.pk for gun in self.there[unit_id]}


def at(day: date, hour: int = 9, minute: int = 0) -> AbstractContextManager[None]:
    """Recorded at this hour of this day."""
    return clock.at(datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC))


def _shares(rng: np.random.Generator, takers: Sequence[Party], guns: list[Firearm], *, at_most: int) -> list[tuple[Party, list[Firearm]]]:
    """Share guns among some of the takers, none of them empty-handed."""
    if not guns:
        return []
    some = min(at_most, len(takers), max(1, len(guns) // 10))
    chosen = [takers[int(n)] for n in rng.choice(len(takers), size=some, replace=False)]
    cuts = sorted(int(cut) for cut in rng.integers(0, len(guns) + 1, size=some - 1))
    parts = [guns[start:end] for start, end in zip([0, *cuts], [*cuts, len(guns)], strict=True)]
    return [(taker, part) for taker, part in zip(chosen, parts, strict=True) if part]
