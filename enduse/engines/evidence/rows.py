"""The rows of an evidence bundle, how each cell is read and what must hold within a row."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

CAUSES = ("desertion", "theft", "unaccounted")
CHANNELS = ("desertion", "theft", "unauthorised_sale", "unaccounted")
RECOVERY_CHANNELS = (*CHANNELS, "straw_purchase", "monitored_operation", "other_export", "undetermined", "")
SELECTIONS = ("random", "risk")
OUTCOMES = ("favourable", "unfavourable", "inconclusive")


@dataclass(frozen=True)
class Unit:
    """A unit that holds firearms, below an end user."""

    unit_id: str
    parent_id: str
    end_user_id: str
    kind: str
    personnel: int | None


@dataclass(frozen=True)
class Lot:
    """Firearms of one type delivered to one unit on one day under one licence."""

    lot_id: str
    licence_id: str
    unit_id: str
    firearm_type: str
    quantity: int
    delivered_on: date


@dataclass(frozen=True)
class Desertions:
    """Desertions from a unit in a month (YYYY-MM)."""

    unit_id: str
    month: str
    desertions: int


@dataclass(frozen=True)
class Stocktake:
    """A count by serial: `expected` is every firearm ever delivered to the unit by that day, nothing written off."""

    stocktake_id: str
    unit_id: str
    taken_on: date
    expected: int
    sighted: int
    self_reported: bool

    @property
    def missing(self) -> int:
        return self.expected - self.sighted


@dataclass(frozen=True)
class Check:
    """An end-use check of `sampled` serials out of a `population` of every firearm ever delivered to the unit."""

    check_id: str
    unit_id: str
    checked_on: date
    selection: str
    population: int
    sampled: int
    sighted: int
    outcome: str

    @property
    def missing(self) -> int:
        return self.sampled - self.sighted


@dataclass(frozen=True)
class Loss:
    """A loss as the holder reported it."""

    loss_id: str
    unit_id: str
    occurred_on: date
    reported_on: date
    cause: str
    quantity: int


@dataclass(frozen=True)
class Recovery:
    """A firearm seized or found; `lot_id` is empty unless it was traced to a lot."""

    recovery_id: str
    recovered_on: date
    submitted: bool
    traced: bool
    lot_id: str
    channel: str


@dataclass(frozen=True)
class Seizures:
    """Firearms seized in a month (YYYY-MM), of those submitted, of those traced, of those traced to the lots."""

    month: str
    seized: int
    submitted: int
    traced: int
    traced_to_lots: int


class BadCell(ValueError):
    """A cell that cannot be read: why and how to mend it."""

    def __init__(self, reason: str, remedy: str, code: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason, self.remedy, self.code = reason, remedy, code


def text(cell: str) -> str:
    return cell


def identifier(cell: str) -> str:
    if not cell:
        raise BadCell("It is empty.", "Give the identifier.", "empty")
    return cell


def day(cell: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        raise BadCell(f"{cell!r} is not a day.", "Write it as YYYY-MM-DD.", "not_a_day")
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise BadCell(f"{cell!r} is not in the calendar.", "Write an existing day as YYYY-MM-DD.", "not_a_day") from None


def month(cell: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", cell):
        raise BadCell(f"{cell!r} is not a month.", "Write it as YYYY-MM.", "not_a_month")
    return cell


def count(cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", cell):
        raise BadCell(f"{cell!r} is not a whole number from 0 to 999,999,999.", "Write digits only.", "not_a_count")
    return int(cell)


def count_or_empty(cell: str) -> int | None:
    return count(cell) if cell else None


def at_least_one(cell: str) -> int:
    if (number := count(cell)) == 0:
        raise BadCell("It is zero.", "Give a quantity of 1 or more, or leave the row out.", "zero")
    return number


def truth(cell: str) -> bool:
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if cell.lower() not in known:
        raise BadCell(f"{cell!r} is neither true nor false.", "Write true or false (or 1 or 0).", "not_a_truth")
    return known[cell.lower()]


def one_of(*allowed: str) -> Callable[[str], str]:
    def parse(cell: str) -> str:
        if cell not in allowed:
            shown = ", ".join(word or "(empty)" for word in allowed)
            raise BadCell(f"{cell!r} is not known here.", f"Write one of: {shown}.", "not_in_list")
        return cell

    return parse


UNIT: dict[str, Callable[[str], Any]] = {
    "unit_id": identifier, "parent_id": text, "end_user_id": identifier, "kind": text, "personnel": count_or_empty}
LOT: dict[str, Callable[[str], Any]] = {
    "lot_id": identifier, "licence_id": text, "unit_id": identifier, "firearm_type": text,
    "quantity": at_least_one, "delivered_on": day}
DESERTIONS: dict[str, Callable[[str], Any]] = {"unit_id": identifier, "month": month, "desertions": count}
STOCKTAKE: dict[str, Callable[[str], Any]] = {
    "stocktake_id": identifier, "unit_id": identifier, "taken_on": day, "expected": count, "sighted": count,
    "self_reported": truth}
CHECK: dict[str, Callable[[str], Any]] = {
    "check_id": identifier, "unit_id": identifier, "checked_on": day, "selection": one_of(*SELECTIONS),
    "population": count, "sampled": count, "sighted": count, "outcome": one_of(*OUTCOMES)}
LOSS: dict[str, Callable[[str], Any]] = {
    "loss_id": identifier, "unit_id": identifier, "occurred_on": day, "reported_on": day, "cause": one_of(*CAUSES),
    "quantity": at_least_one}
RECOVERY: dict[str, Callable[[str], Any]] = {
    "recovery_id": identifier, "recovered_on": day, "submitted": truth, "traced": truth, "lot_id": text,
    "channel": one_of(*RECOVERY_CHANNELS)}
SEIZURES: dict[str, Callable[[str], Any]] = {
    "month": month, "seized": count, "submitted": count, "traced": count, "traced_to_lots": count}

Fault = tuple[str, str, str]


def nothing_more(row: Any) -> Iterator[Fault]:
    yield from ()


def stocktake_adds_up(row: Stocktake) -> Iterator[Fault]:
    if row.sighted > row.expected:
        yield ("sighted", f"{row.sighted} were sighted of {row.expected} expected.",
               "Expected counts every firearm ever delivered; keep unexpected ones apart.")


def check_adds_up(row: Check) -> Iterator[Fault]:
    if row.sampled > row.population:
        yield ("sampled", f"{row.sampled} were sampled out of {row.population}.",
               "Population counts every firearm ever delivered to the unit by that day.")
    if row.sighted > row.sampled:
        yield ("sighted", f"{row.sighted} were sighted of {row.sampled} sampled.", "Count only serials of the sample.")


def loss_in_order(row: Loss) -> Iterator[Fault]:
    if row.reported_on < row.occurred_on:
        yield ("reported_on", "It was reported before it happened.", "Exchange the two days or correct one.")


def recovery_in_order(row: Recovery) -> Iterator[Fault]:
    if row.traced and not row.submitted:
        yield ("traced", "It was traced but not submitted.", "Set submitted to 1 or traced to 0.")
    if row.lot_id and not row.traced:
        yield ("lot_id", "It names a lot but was not traced.", "Set traced to 1 or leave the lot empty.")


def seizures_nest(row: Seizures) -> Iterator[Fault]:
    names = ("seized", "submitted", "traced", "traced_to_lots")
    for wider, narrower in itertools.pairwise(names):
        if getattr(row, narrower) > getattr(row, wider):
            yield (narrower, f"It is more than {wider} ({getattr(row, narrower)} > {getattr(row, wider)}).",
                   "Each of seized, submitted, traced, traced_to_lots counts part of the one before.")


def as_cell(value: Any) -> str:
    """A value as it is written into a bundle file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
