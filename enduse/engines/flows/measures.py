"""Measures and policies: the same words as the measure that is enacted, with what a simulation needs to know of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from enduse.engines.flows.world import Holding


class Kind(StrEnum):
    """What a measure does."""

    MORATORIUM = "moratorium"
    CAP = "cap"
    TRANCHE = "tranche"
    STOCKTAKES = "stocktakes"
    CHECK_RATE = "check_rate"
    LOCKED_ARMOURY = "locked_armoury"
    BAN_ON_UNIT = "ban_on_unit"


class Authority(StrEnum):
    """On whose authority: an order is lifted more easily than a statute."""

    EXECUTIVE_ORDER = "executive_order"
    STATUTE = "statute"


REVERSALS_PER_YEAR = {Authority.EXECUTIVE_ORDER: 0.15, Authority.STATUTE: 0.02}
"""Assumed rate at which a measure is lifted before its day; an assumption to vary, not a finding."""

PARAMETERS: dict[Kind, dict[str, tuple[float, float, float]]] = {
    Kind.MORATORIUM: {},
    Kind.CAP: {"guns_per_year": (1000.0, 0.0, 1e9)},
    Kind.TRANCHE: {"tranches": (3.0, 2.0, 6.0), "months_between": (6.0, 1.0, 36.0), "sample": (30.0, 1.0, 500.0),
                   "may_miss": (0.0, 0.0, 50.0)},
    Kind.STOCKTAKES: {"every_months": (6.0, 1.0, 60.0), "detects": (0.9, 0.0, 1.0)},
    Kind.CHECK_RATE: {"checks_per_unit_year": (1.0, 0.0, 52.0), "sample_share": (0.1, 0.0, 1.0)},
    Kind.LOCKED_ARMOURY: {"carry_off_kept": (0.3, 0.0, 1.0), "theft_kept": (0.6, 0.0, 1.0)},
    Kind.BAN_ON_UNIT: {},
}
"""Per kind: parameter -> (default, least, most). Shares 'kept' are what is left of a hazard: 0 stops it, 1 leaves it."""


class MeasureError(ValueError):
    """A measure that cannot be simulated: which field, why, how to mend it."""

    def __init__(self, field: str, reason: str, remedy: str) -> None:
        super().__init__(f"{field}: {reason} {remedy}")
        self.field, self.reason, self.remedy = field, reason, remedy


@dataclass(frozen=True)
class Scope:
    """What a measure covers; an empty tuple covers all."""

    end_user_ids: tuple[str, ...] = ()
    unit_ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    def covers(self, holding: Holding) -> bool:
        return ((not self.end_user_ids or holding.end_user_id in self.end_user_ids)
                and (not self.unit_ids or holding.unit_id in self.unit_ids)
                and (not self.types or holding.firearm_type in self.types)
                and (not self.countries or holding.country in self.countries))


@dataclass(frozen=True)
class Measure:
    """A rule in force from month `start` until before month `end` (None: no end), counted from the world's first month.

    Parameters that are left out take the defaults of PARAMETERS. Raises MeasureError for an unknown or impossible one.
    """

    kind: Kind
    authority: Authority = Authority.EXECUTIVE_ORDER
    scope: Scope = Scope()
    start: int = 0
    end: int | None = None
    parameters: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.start < 0 or (self.end is not None and self.end < self.start):
            raise MeasureError("end", f"It runs from month {self.start} until month {self.end}.", "End it after it starts.")
        known = PARAMETERS[self.kind]
        for name, value in self.parameters.items():
            if name not in known:
                raise MeasureError(name, f"A {self.kind} has no such parameter.", f"Use: {', '.join(known) or 'none'}.")
            if not known[name][1] <= value <= known[name][2]:
                raise MeasureError(name, f"It is {value}.", f"Give {known[name][1]:g} to {known[name][2]:g}.")
        if self.kind is Kind.BAN_ON_UNIT and not self.scope.unit_ids:
            raise MeasureError("scope", "A ban on a unit names no unit.", "Give the units in its scope.")

    def parameter(self, name: str) -> float:
        return float(self.parameters.get(name, PARAMETERS[self.kind][name][0]))

    @property
    def stops_deliveries(self) -> bool:
        return self.kind in (Kind.MORATORIUM, Kind.BAN_ON_UNIT)


@dataclass(frozen=True)
class Policy:
    """Measures enacted together, under one name."""

    name: str
    measures: tuple[Measure, ...] = ()


DO_NOTHING = Policy("do nothing")
