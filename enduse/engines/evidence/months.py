"""The course of diversion by month: each unit's total spread over the months by what times it, exposure elsewhere."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from enduse.engines.evidence.asof import FULL_COUNT, AsOf, UnitEvidence

CARRY_OFF = 0.05
"""Weapons per deserter, used for timing only."""


def month_names(first: date, last: date) -> list[str]:
    """Every month from the first day's to the last day's, as YYYY-MM."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(start, end + 1)]


def timing(known: AsOf) -> tuple[list[str], NDArray[np.float64], list[str]]:
    """Months, weights (units, months) that sum to 1 per unit, and for each month what times it.

    Basis: 'counts', 'reports', 'desertions' or 'exposure'. Counts bound the total of a stretch; within it, reports and
    desertions say when; where there is neither, guns leave in proportion to those held.
    """
    months = month_names(known.origin, known.until)
    place = {name: m for m, name in enumerate(months)}
    weight = np.zeros((len(known.units), len(months)))
    timed: list[set[str]] = [set() for _ in months]
    for u, unit in enumerate(known.units):
        weight[u] = _one_unit(unit, place, timed)
    return months, weight, [_basis(why) for why in timed]


def _basis(why: set[str]) -> str:
    return next((name for name in ("counts", "reports", "desertions") if name in why), "exposure")


def _one_unit(unit: UnitEvidence, place: dict[str, int], timed: list[set[str]]) -> NDArray[np.float64]:
    held = np.zeros(len(place))
    for lot in unit.lots:
        held[place[f"{lot.delivered_on:%Y-%m}"]:] += lot.quantity
    weight = held * max(unit.reported, 1) / max(held.sum(), 1.0)
    for loss in unit.losses:
        m = place.get(f"{loss.occurred_on:%Y-%m}")
        if m is not None and held[m] > 0:
            weight[m] += loss.quantity
            timed[m].add("reports")
    for name, number in unit.desertions.items():
        m = place.get(name)
        if m is not None and number and held[m] > 0:
            weight[m] += CARRY_OFF * number
            timed[m].add("desertions")
    _scale_to_counts(unit, place, weight, timed)
    return np.asarray(weight / weight.sum())


def _scale_to_counts(unit: UnitEvidence, place: dict[str, int], weight: NDArray[np.float64], timed: list[set[str]]) -> None:
    """Between two full counts the weights sum to what the counts found; after the last one they keep their rate."""
    start, before, found_weight, found = 0, 0, 0.0, 0
    for seen in (seen for seen in unit.observations if seen.kind == FULL_COUNT):
        end = place[f"{seen.on:%Y-%m}"] + 1
        if end <= start:
            continue
        stretch = weight[start:end]
        total = stretch.sum()
        found_weight, found = found_weight + total, seen.missing
        if total > 0:
            stretch *= max(seen.missing - before, 0) / total
        timed[end - 1].add("counts")
        start, before = end, seen.missing
    if found_weight > 0 and start < weight.size:
        weight[start:] *= max(found, 0.5) / found_weight
    weight += 1e-9


def course(missing: NDArray[np.int64], weight: NDArray[np.float64], clustering: NDArray[np.float64],
           rng: np.random.Generator) -> NDArray[np.float64]:
    """(draws, units) missing and (units, months) weights -> (draws, months) diverted by the end of each month.

    The path between the first month and the last is a gamma bridge whose roughness is that of the clustered losses.
    """
    expected = missing @ weight
    total = np.maximum(expected.sum(axis=1, keepdims=True), 1e-9)
    steps = rng.gamma(expected / clustering[:, None] + 1e-6)
    path = np.cumsum(steps, axis=1)
    return np.asarray(path / np.maximum(path[:, -1:], 1e-12) * total)

