"""Short factories for worlds and policies."""

from __future__ import annotations

import numpy as np

from enduse.engines.flows import Authority, Holding, Kind, Measure, Pipeline, Policy, Responses, Scope, World

EVERYWHERE = Scope()


def world(*, held: int = 400, units: int = 4, hazard: float = 0.002, draws: int = 20, pipelines: tuple[Pipeline, ...] = (),
          desertions: float = 0.01, demand: float = float("inf"), seizure: float = 0.01, seed: int = 0) -> World:
    rng = np.random.default_rng(seed)
    holdings = tuple(Holding(f"U{u}", f"E{u % 2}", "rifle", held, "MX") for u in range(units))
    spread = np.exp(rng.normal(0, 0.3, (draws, units, 4))) if hazard else np.zeros((draws, units, 4))
    return World(holdings, hazard * spread, np.full(draws, 0.05 if hazard else 0.0), np.full(units, desertions),
                 np.full(draws, seizure), pipelines, demand)


def pipeline(end_user: str = "E0", *, units: tuple[str, ...] = ("U0", "U2"), a_month: float = 1.0, quantity: int = 50,
             lag: float = 3.0) -> Pipeline:
    return Pipeline(end_user, "rifle", a_month, 0.8, lag, quantity, tuple((unit, 1 / len(units)) for unit in units))


def policy(name: str, kind: Kind, *, authority: Authority = Authority.STATUTE, scope: Scope = EVERYWHERE, start: int = 0,
           end: int | None = None, **parameters: float) -> Policy:
    return Policy(name, (Measure(kind, authority, scope, start, end, parameters),))


NOBODY_ANSWERS = Responses.none()
EVERY_KIND = (
    policy("moratorium", Kind.MORATORIUM, start=3, end=15), policy("cap", Kind.CAP, guns_per_year=200),
    policy("tranche", Kind.TRANCHE, months_between=3, sample=20), policy("counts", Kind.STOCKTAKES, every_months=3),
    policy("checks", Kind.CHECK_RATE, checks_per_unit_year=6, sample_share=0.5), policy("locked", Kind.LOCKED_ARMOURY),
    policy("ban", Kind.BAN_ON_UNIT, scope=Scope(unit_ids=("U0",))),
)
