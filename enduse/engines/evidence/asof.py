"""What a bundle says by a day, laid out per unit as the filter wants it, and which evidence was set aside and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from enduse.engines.evidence.bundle import Bundle, months_between
from enduse.engines.evidence.rows import Check, Loss, Lot, Stocktake

FULL_COUNT, RANDOM_SAMPLE = 1, 2
COVERS = 0.98
"""A stocktake that expected less than this share of what was delivered did not cover the unit."""


class EvidenceError(ValueError):
    """Nothing can be estimated: why and how to mend it."""

    def __init__(self, reason: str, remedy: str, code: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason, self.remedy, self.code = reason, remedy, code


@dataclass(frozen=True)
class Observation:
    """One count or sample of a unit: kind, seen missing, sample size, population."""

    on: date
    kind: int
    missing: int
    sampled: int
    population: int


@dataclass
class UnitEvidence:
    """All that is used of one unit, in order of time."""

    unit_id: str
    end_user_id: str
    lots: list[Lot] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    admitted: int = 0
    desertions: dict[str, int] = field(default_factory=dict)

    @property
    def delivered(self) -> int:
        return sum(lot.quantity for lot in self.lots)

    @property
    def reported(self) -> int:
        return min(sum(loss.quantity for loss in self.losses), self.delivered)

    @property
    def known_lost(self) -> int:
        """A floor: the reported, or what the holder's own counts admit when that is more."""
        return min(max(self.reported, self.admitted), self.delivered)


@dataclass(frozen=True)
class AsOf:
    """The bundle by a day. `used` and `not_used` map a stable code to (rows, words)."""

    until: date
    origin: date
    units: tuple[UnitEvidence, ...]
    end_users: tuple[str, ...]
    end_user: NDArray[np.int64]
    used: dict[str, tuple[int, str]]
    not_used: dict[str, tuple[int, str]]
    warnings: tuple[str, ...]

    @property
    def delivered(self) -> int:
        return sum(unit.delivered for unit in self.units)


def as_of(bundle: Bundle, until: date) -> AsOf:
    """Lay out what was known by `until`: deliveries, counts and checks by their day, losses by the day they were reported.

    Raises EvidenceError when nothing was delivered by then.
    """
    lots = [lot for lot in bundle.lots if lot.delivered_on <= until]
    if not lots:
        raise EvidenceError(f"No firearm was delivered by {until}.", "Add lots.csv, or choose a later day.", "nothing_delivered")
    end_users = {unit.unit_id: unit.end_user_id for unit in bundle.units}
    units: dict[str, UnitEvidence] = {}
    for lot in sorted(lots, key=lambda lot: (lot.unit_id, lot.delivered_on, lot.lot_id)):
        unit = units.setdefault(lot.unit_id, UnitEvidence(lot.unit_id, end_users.get(lot.unit_id, "")))
        unit.lots.append(lot)
    used: dict[str, tuple[int, str]] = {"lots": (len(lots), "lots delivered by the day")}
    not_used: dict[str, tuple[int, str]] = {}
    warnings = list(bundle.warnings)
    _take_counts(bundle.stocktakes, units, until, used, not_used, warnings)
    _take_checks(bundle.checks, units, until, used, not_used, warnings)
    _take_losses(bundle, units, until, used, not_used)
    for unit in units.values():
        _never_falls(unit, warnings)
    names = tuple(sorted({unit.end_user_id for unit in units.values()}))
    index = np.array([names.index(unit.end_user_id) for unit in units.values()], dtype=np.int64)
    return AsOf(until, min(lot.delivered_on for lot in lots), tuple(units.values()), names, index, used, not_used, tuple(warnings))


def _held_by(unit: UnitEvidence, day: date) -> int:
    return sum(lot.quantity for lot in unit.lots if lot.delivered_on <= day)


def _take_counts(stocktakes: tuple[Stocktake, ...], units: dict[str, UnitEvidence], until: date,
                 used: dict[str, tuple[int, str]], not_used: dict[str, tuple[int, str]], warnings: list[str]) -> None:
    tally: dict[str, int] = defaultdict(int)
    for count in stocktakes:
        unit = units.get(count.unit_id)
        if unit is None or count.taken_on > until or (held := _held_by(unit, count.taken_on)) == 0:
            tally["later"] += 1
        elif count.self_reported:
            tally["self"] += 1
            unit.admitted = max(unit.admitted, count.missing)
        elif count.expected < COVERS * held:
            tally["part"] += 1
            unit.admitted = max(unit.admitted, count.missing)
        else:
            tally["full"] += 1
            if count.expected > held:
                warnings.append(f"stocktake {count.stocktake_id}: {count.expected} expected, {held} delivered by then.")
            unit.observations.append(Observation(count.taken_on, FULL_COUNT, min(count.missing, held), 0, held))
    _say(used, "full_counts", tally["full"], "stocktakes not made by the holder, each a full count")
    _say(used, "self_reported_counts", tally["self"], "the holder's own stocktakes: what they admit is a floor, no more")
    _say(used, "partial_counts", tally["part"], "stocktakes that did not cover the unit: what they miss is a floor")
    _say(not_used, "counts_outside", tally["later"], "stocktakes after the day, or of a unit that had nothing delivered")


def _take_checks(checks: tuple[Check, ...], units: dict[str, UnitEvidence], until: date, used: dict[str, tuple[int, str]],
                 not_used: dict[str, tuple[int, str]], warnings: list[str]) -> None:
    tally: dict[str, int] = defaultdict(int)
    for check in checks:
        unit = units.get(check.unit_id)
        if unit is None or check.checked_on > until or (held := _held_by(unit, check.checked_on)) == 0:
            tally["later"] += 1
        elif check.selection != "random":
            tally["risk"] += 1
        elif check.sampled == 0:
            tally["empty"] += 1
        else:
            tally["random"] += 1
            if abs(check.population - held) > 0.01 * held:
                warnings.append(f"check {check.check_id}: population {check.population}, {held} delivered by then.")
            population = max(held, check.sampled)
            unit.observations.append(Observation(check.checked_on, RANDOM_SAMPLE, check.missing, check.sampled, population))
    _say(used, "random_checks", tally["random"], "random checks, sampled without replacement")
    _say(not_used, "risk_checks", tally["risk"], "checks aimed by risk: where they went says as much as what they found")
    _say(not_used, "empty_checks", tally["empty"], "checks that sampled no serial")
    _say(not_used, "checks_outside", tally["later"], "checks after the day, or of a unit that had nothing delivered")


def _take_losses(bundle: Bundle, units: dict[str, UnitEvidence], until: date, used: dict[str, tuple[int, str]],
                 not_used: dict[str, tuple[int, str]]) -> None:
    known = [loss for loss in bundle.losses if loss.unit_id in units and loss.reported_on <= until]
    for loss in known:
        units[loss.unit_id].losses.append(loss)
    last_month = f"{until:%Y-%m}"
    months = [row for row in bundle.personnel if row.unit_id in units and row.month <= last_month]
    for row in months:
        units[row.unit_id].desertions[row.month] = row.desertions
    _say(used, "losses", len(known), "losses reported by the day: a floor, and timing; how many go unreported is learnt")
    _say(not_used, "losses_outside", len(bundle.losses) - len(known), "losses reported after the day or of units without lots")
    _say(used, "desertions", len(months), "months of desertions: timing only")
    _say(not_used, "recoveries", len(bundle.recoveries), "recoveries: the rate of seizure is unknown; shown beside as bounds")
    _say(not_used, "seizures", len(bundle.seizures), "seizure totals: shown beside as bounds")


def _say(where: dict[str, tuple[int, str]], code: str, rows: int, words: str) -> None:
    if rows:
        where[code] = (rows, words)


def _never_falls(unit: UnitEvidence, warnings: list[str]) -> None:
    """Missing to date cannot fall: a later full count that misses fewer shows that an earlier one overlooked some."""
    unit.observations.sort(key=lambda seen: (seen.on, seen.kind))
    least, capped = unit.delivered, 0
    for place in range(len(unit.observations) - 1, -1, -1):
        seen = unit.observations[place]
        if seen.kind != FULL_COUNT:
            continue
        if seen.missing > least:
            capped += seen.missing > least + 0.01 * seen.population
            unit.observations[place] = Observation(seen.on, seen.kind, least, seen.sampled, seen.population)
        least = min(least, seen.missing)
    if capped:
        warnings.append(f"unit {unit.unit_id}: {capped} full counts missed over 1 % more than a later one; the later one was taken.")


@dataclass(frozen=True)
class Columns:
    """The same as flat arrays with offsets per unit; months run from the first delivery of all."""

    lot_from: NDArray[np.int64]
    quantity: NDArray[np.int64]
    month: NDArray[np.float64]
    obs_from: NDArray[np.int64]
    obs: NDArray[np.int64]
    obs_month: NDArray[np.float64]
    reported: NDArray[np.int64]
    timely: NDArray[np.float64]
    until: float


def columns(known: AsOf) -> Columns:
    """Flatten for the filter. `reported` is (before the last observation, since it); `timely` the share already reported."""
    lots = [lot for unit in known.units for lot in unit.lots]
    seen = [obs for unit in known.units for obs in unit.observations]
    delay = _mean_delay(known)
    reported, timely = [], []
    for unit in known.units:
        last = unit.observations[-1].on if unit.observations else unit.lots[0].delivered_on
        before = sum(loss.quantity for loss in unit.losses if loss.occurred_on <= last) if unit.observations else 0
        before = min(before, _held_by(unit, last))
        reported.append((before, min(unit.reported - before, unit.delivered - before)))
        stretch = max(months_between(last, known.until), 0.05)
        timely.append(1.0 - (delay / stretch) * -np.expm1(-stretch / delay) if delay > 0 else 1.0)
    return Columns(
        lot_from=np.cumsum([0] + [len(unit.lots) for unit in known.units]),
        quantity=np.array([lot.quantity for lot in lots], dtype=np.int64),
        month=np.array([months_between(known.origin, lot.delivered_on) for lot in lots]),
        obs_from=np.cumsum([0] + [len(unit.observations) for unit in known.units]),
        obs=np.array([(o.kind, o.missing, o.sampled, o.population) for o in seen], dtype=np.int64).reshape(-1, 4),
        obs_month=np.array([months_between(known.origin, o.on) for o in seen], dtype=np.float64),
        reported=np.array(reported, dtype=np.int64),
        timely=np.clip(np.array(timely), 0.05, 1.0),
        until=months_between(known.origin, known.until),
    )


def _mean_delay(known: AsOf) -> float:
    """Mean months from a loss to its report, over the guns reported."""
    losses = [loss for unit in known.units for loss in unit.losses]
    guns = sum(loss.quantity for loss in losses)
    if not guns:
        return 0.0
    return sum(loss.quantity * months_between(loss.occurred_on, loss.reported_on) for loss in losses) / guns
