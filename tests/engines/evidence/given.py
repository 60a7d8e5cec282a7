"""Short factories for evidence bundles."""

from __future__ import annotations

from datetime import date

from enduse.engines.evidence import Bundle, Check, Loss, Lot, Stocktake, Unit

UNTIL = date(2011, 12, 31)
DELIVERED = date(2008, 1, 1)


def lot(unit: str, quantity: int, on: date = DELIVERED, name: str = "", kind: str = "rifle") -> Lot:
    return Lot(name or f"{unit}-{on}-{kind}", "L1", unit, kind, quantity, on)


def count(unit: str, expected: int, missing: int, on: date = date(2011, 12, 30), self_reported: bool = False) -> Stocktake:
    return Stocktake(f"S-{unit}-{on}-{self_reported}", unit, on, expected, expected - missing, self_reported)


def check(unit: str, population: int, sampled: int, missing: int, on: date = date(2011, 12, 30), selection: str = "random",
          outcome: str = "favourable") -> Check:
    return Check(f"C-{unit}-{on}-{selection}", unit, on, selection, population, sampled, sampled - missing, outcome)


def loss(unit: str, quantity: int, on: date = date(2010, 6, 1), cause: str = "theft") -> Loss:
    return Loss(f"X-{unit}-{on}-{cause}", unit, on, on, cause, quantity)


def units(*names: str, end_user: str = "E") -> tuple[Unit, ...]:
    return tuple(Unit(name, "", end_user, "battalion", 800) for name in names)


def bundle(**tables: object) -> Bundle:
    return Bundle(**tables)  # type: ignore[arg-type]
