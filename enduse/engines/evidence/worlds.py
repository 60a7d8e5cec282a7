"""Worlds whose truth is known: guns lost one by one, and the evidence that would be left behind.

They are written apart from the model (month by month, gun by gun) and in six ways that the model does not know, so that
an estimate can be held against the truth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from enduse.engines.evidence.bundle import Bundle
from enduse.engines.evidence.rows import CHANNELS, Check, Desertions, Loss, Lot, Recovery, Seizures, Stocktake, Unit

MECHANISMS = ("steady", "raids", "one_rotten_unit", "desertion_wave", "hidden_sales", "late_surge")


@dataclass(frozen=True)
class KnownWorld:
    """A bundle and the truth behind it: diverted by `until`, by channel (four counts in the order of CHANNELS)."""

    mechanism: str
    bundle: Bundle
    until: date
    delivered: int
    diverted: int
    by_channel: tuple[int, ...]
    by_unit: dict[str, int]


@dataclass
class _Unit:
    unit_id: str
    end_user_id: str
    personnel: int
    hazards: np.ndarray
    reporting: float
    risk: float
    overlooked: float
    lots: list[tuple[int, int]] = field(default_factory=list)
    delivered: int = 0
    held: int = 0
    lost: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def missing(self) -> int:
        return self.delivered - self.held


@dataclass
class _Books:
    lots: list[Lot] = field(default_factory=list)
    personnel: list[Desertions] = field(default_factory=list)
    stocktakes: list[Stocktake] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


def draw_world(mechanism: str, seed: int, *, units: int = 60, years: int = 7, guns: int = 30_000) -> KnownWorld:
    """A world of one of MECHANISMS, reproducible by seed. Raises ValueError for an unknown mechanism."""
    if mechanism not in MECHANISMS:
        raise ValueError(f"mechanism {mechanism!r} is not one of {', '.join(MECHANISMS)}.")
    rng = np.random.default_rng([seed, MECHANISMS.index(mechanism)])
    months = years * 12
    parties = _parties(mechanism, rng, units, guns, months)
    books, counted = _Books(), 0.15 + 0.35 * rng.random()
    plan = rng.random(units) < counted
    wave = (int(rng.integers(months // 2, months - 6)), 1.0)
    for m in range(months):
        for place, unit in enumerate(parties):
            _receive(unit, m, books)
            _lose(unit, m, mechanism, wave, rng, books)
            _look(unit, m, bool(plan[place]), rng, books)
    rows = tuple(Unit(u.unit_id, "", u.end_user_id, "battalion", u.personnel) for u in parties)
    recoveries, seizures = _seize(parties, months, rng)
    bundle = Bundle(rows, tuple(books.lots), tuple(books.personnel), tuple(books.stocktakes), tuple(books.checks),
                    tuple(books.losses), recoveries, seizures)
    by_channel = tuple(sum(n for u in parties for _, c, n in u.lost if c == channel) for channel in range(len(CHANNELS)))
    return KnownWorld(mechanism, bundle, _day(months - 1, 28), sum(u.delivered for u in parties),
                      sum(by_channel), by_channel, {u.unit_id: u.missing for u in parties})


def _day(month: int, day: int) -> date:
    return date(2005 + month // 12, month % 12 + 1, day)


def _parties(mechanism: str, rng: np.random.Generator, units: int, guns: int, months: int) -> list[_Unit]:
    level = np.exp(rng.normal(np.log(8e-4), 0.7))
    mix = rng.dirichlet([2.0, 3.0, 0.4 if mechanism != "hidden_sales" else 8.0, 2.0])
    ends = [f"E{e}" for e in range(int(rng.integers(1, 4)))]
    own = {end: np.exp(rng.normal(0, 0.4)) for end in ends}
    reporting = {end: float(rng.beta(4, 2.5)) for end in ends}
    overlooked = float(rng.uniform(0.0, 0.001))
    sizes = rng.dirichlet(np.full(units, 2.0)) * guns
    parties = []
    for u in range(units):
        end = ends[int(rng.integers(len(ends)))]
        effect = np.exp(rng.normal(0, 0.6))
        if mechanism == "one_rotten_unit":
            effect = 25.0 if u < max(1, units // 30) else 0.5 * effect
        unit = _Unit(f"U{u:03d}", end, max(int(sizes[u] * 1.5), 20), level * own[end] * effect * mix, reporting[end],
                     float(effect * own[end]), overlooked)
        arrivals = np.sort(rng.integers(0, int(months * 0.8), size=int(rng.integers(2, 6))))
        unit.lots = [(int(m), max(int(sizes[u] / arrivals.size), 1)) for m in arrivals]
        parties.append(unit)
    return parties


def _receive(unit: _Unit, m: int, books: _Books) -> None:
    for place, (month, quantity) in enumerate(unit.lots):
        if month == m:
            books.lots.append(Lot(f"{unit.unit_id}-L{place}", f"L{m:03d}", unit.unit_id, "rifle", quantity, _day(m, 1)))
            unit.delivered += quantity
            unit.held += quantity


def _lose(unit: _Unit, m: int, mechanism: str, wave: tuple[int, float], rng: np.random.Generator, books: _Books) -> None:
    hazards = unit.hazards.copy()
    deserters = int(rng.poisson(unit.personnel * 0.004))
    if mechanism == "desertion_wave" and wave[0] <= m < wave[0] + 9:
        deserters += int(rng.poisson(unit.personnel * 0.03))
    if mechanism == "late_surge" and m >= wave[0]:
        hazards *= 2.5
    if deserters:
        books.personnel.append(Desertions(unit.unit_id, _day(m, 1).strftime("%Y-%m"), deserters))
    taken = [int(rng.binomial(min(deserters, unit.held), 0.06))] if mechanism == "desertion_wave" else [0]
    if mechanism == "raids":
        hazards[1] *= 0.2
        taken.append(int(unit.held * rng.uniform(0.1, 0.6)) if rng.random() < hazards[1] * 4 else 0)
    else:
        taken.append(0)
    for channel in range(len(CHANNELS)):
        number = int(rng.binomial(unit.held, min(hazards[channel], 1.0)))
        number = min(number + (taken[channel] if channel < len(taken) else 0), unit.held)
        if number:
            unit.held -= number
            unit.lost.append((m, channel, number))
            _report(unit, m, channel, number, rng, books)


def _report(unit: _Unit, m: int, channel: int, number: int, rng: np.random.Generator, books: _Books) -> None:
    cause = CHANNELS[channel]
    if cause == "unauthorised_sale":
        return
    told = number if number > 20 and rng.random() < unit.reporting else int(rng.binomial(number, unit.reporting))
    if not told:
        return
    month = m + int(rng.negative_binomial(1, 0.35))
    books.losses.append(Loss(f"X{len(books.losses):05d}", unit.unit_id, _day(m, 10), _day(month, 12), cause, told))


def _look(unit: _Unit, m: int, counted: bool, rng: np.random.Generator, books: _Books) -> None:
    if not unit.delivered:
        return
    seen = unit.held - int(rng.poisson(unit.overlooked * unit.held))
    if counted and rng.random() < 1 / 15:
        books.stocktakes.append(Stocktake(f"S{len(books.stocktakes):05d}", unit.unit_id, _day(m, 28), unit.delivered,
                                          max(seen, 0), False))
    if rng.random() < 1 / 12:
        hidden = int(rng.binomial(unit.missing, 0.7))
        books.stocktakes.append(Stocktake(f"S{len(books.stocktakes):05d}", unit.unit_id, _day(m, 28), unit.delivered,
                                          min(unit.held + hidden, unit.delivered), True))
    if rng.random() < 1 / 40:
        _check(unit, m, "random", rng, books)
    if rng.random() < min(0.02 * unit.risk**2, 0.3):
        _check(unit, m, "risk", rng, books)


def _check(unit: _Unit, m: int, selection: str, rng: np.random.Generator, books: _Books) -> None:
    sampled = min(int(rng.integers(20, 80)), unit.delivered)
    gone = int(rng.hypergeometric(unit.missing, unit.held, sampled))
    outcome = "inconclusive" if rng.random() < 0.05 else "unfavourable" if gone else "favourable"
    books.checks.append(Check(f"C{len(books.checks):05d}", unit.unit_id, _day(m, 28), selection, unit.delivered, sampled,
                              sampled - gone, outcome))


def _seize(parties: list[_Unit], months: int, rng: np.random.Generator) -> tuple[tuple[Recovery, ...], tuple[Seizures, ...]]:
    recoveries: list[Recovery] = []
    totals = np.zeros((months, 4), dtype=np.int64)
    submit, trace = rng.uniform(0.2, 0.8), rng.uniform(0.3, 0.8)
    totals[:, 0] = rng.poisson(300, size=months)
    totals[:, 1] = rng.binomial(totals[:, 0], submit)
    totals[:, 2] = rng.binomial(totals[:, 1], trace)
    for unit in parties:
        for m, channel, number in unit.lost:
            months_later = m + rng.geometric(0.01, size=number)
            for seized_in in months_later[months_later < months]:
                submitted, traced = bool(rng.random() < submit), bool(rng.random() < trace)
                traced = traced and submitted
                totals[seized_in] += np.array([1, submitted, traced, traced])
                lot = next(f"{unit.unit_id}-L{p}" for p, (d, _) in enumerate(unit.lots) if d <= m) if traced else ""
                recoveries.append(Recovery(f"R{len(recoveries):06d}", _day(int(seized_in), 20), submitted, traced, lot,
                                           CHANNELS[channel] if traced and rng.random() < 0.5 else ""))
    seizures = tuple(Seizures(_day(m, 1).strftime("%Y-%m"), *map(int, totals[m])) for m in range(months))
    return tuple(recoveries), seizures
