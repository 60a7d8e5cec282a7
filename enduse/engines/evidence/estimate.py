"""How many firearms had left lawful control by a day: posterior draws, their intervals and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enduse.engines.evidence import asof, channels, months
from enduse.engines.evidence.asof import AsOf
from enduse.engines.evidence.bundle import Bundle
from enduse.engines.evidence.ratios import Bound, Ratio, naive_ratios, seizure_bounds
from enduse.engines.evidence.rows import CHANNELS

QUANTILES = {"q025": 0.025, "q10": 0.10, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q90": 0.90, "q975": 0.975}
OVERLOOKED = 0.0005
"""Share of held guns that an honest full count fails to see."""
PARTICLE_BUDGET = 2_400_000
"""Particles over all units; each grid cell of a unit has between 12 and 32."""


def summary(draws: NDArray[Any]) -> dict[str, float]:
    """Mean and the quantiles of MODELS section 2 of a sample."""
    values = np.quantile(draws, list(QUANTILES.values()))
    return {"mean": float(np.mean(draws)), **{name: float(v) for name, v in zip(QUANTILES, values, strict=True)}}


@dataclass(frozen=True)
class Estimate:
    """Posterior draws of what was diverted by `until`.

    missing: (draws, units) firearms; hazard: (draws, units) per gun-month; by_channel: (draws, channels) firearms;
    by_month: (draws, months) firearms by the end of each month; clustering: (draws,); reporting: (draws, end users).
    """

    known: AsOf
    seed: int
    missing: NDArray[np.int64]
    hazard: NDArray[np.float64]
    clustering: NDArray[np.float64]
    reporting: NDArray[np.float64]
    by_channel: NDArray[np.float64]
    by_month: NDArray[np.float64]
    months: tuple[str, ...]
    month_basis: tuple[str, ...]
    ratios: tuple[Ratio, ...]
    seized_from_lots: Bound | None

    @property
    def until(self) -> date:
        return self.known.until

    @property
    def delivered(self) -> int:
        return self.known.delivered

    @property
    def unit_ids(self) -> tuple[str, ...]:
        return tuple(unit.unit_id for unit in self.known.units)

    @property
    def diverted(self) -> NDArray[np.int64]:
        """(draws,) firearms in all units."""
        return np.asarray(self.missing.sum(axis=1))

    @property
    def never_sampled(self) -> float:
        """Share of the delivered firearms in units with neither a full count nor a random check: drawn from the pool."""
        unseen = sum(unit.delivered for unit in self.known.units if not unit.observations)
        return unseen / self.delivered

    def warnings(self) -> list[dict[str, str]]:
        """What a reader must know before quoting the figure; `code` is stable."""
        said = [{"code": "bundle", "words": words} for words in self.known.warnings]
        if self.never_sampled > 0:
            said.append({"code": "never_sampled", "words": f"{self.never_sampled:.0%} of the delivered firearms are in units "
                         "that were never counted by others nor sampled at random: they are drawn from the pool of the rest."})
        if self.never_sampled == 1:
            said.append({"code": "no_count", "words": "No unit was counted or sampled: the estimate is reports and prior alone."})
        return said

    def diagnostics(self) -> dict[str, Any]:
        """How the draws were made and what was assumed rather than learnt."""
        total = self.diverted
        assumed = ["how sales divide from other unreported losses", f"a full count overlooks {OVERLOOKED:.1%} of held firearms"]
        if self.never_sampled == 1:
            assumed += ["the share of losses that is reported", "the hazard"]
        return {
            "method": "unit particle filters on a grid, pooled by quadrature", "draws": int(total.size), "seed": self.seed,
            "monte_carlo_error_of_mean": float(total.std() / np.sqrt(total.size)),
            "clustering": summary(self.clustering),
            "reporting_share": {user: summary(self.reporting[:, e]) for e, user in enumerate(self.known.end_users)},
            "share_never_sampled": self.never_sampled, "assumed": assumed, "final": False,
            "month_basis": dict(zip(self.months, self.month_basis, strict=True)),
        }

    def as_dict(self) -> dict[str, Any]:
        """The JSON of MODELS section 2, with the naive ratios and the seizure bound beside."""
        total = self.diverted
        return {
            "until": self.until.isoformat(),
            "delivered": self.delivered,
            "diverted": summary(total),
            "share": summary(total / self.delivered),
            "by_channel": {name: summary(self.by_channel[:, c]) for c, name in enumerate(CHANNELS)},
            "by_end_user": {user: self._end_user(e) for e, user in enumerate(self.known.end_users)},
            "by_unit": {unit.unit_id: self._unit(u) for u, unit in enumerate(self.known.units)},
            "by_month": [{"month": name, "basis": basis, "diverted": summary(self.by_month[:, m])}
                         for m, (name, basis) in enumerate(zip(self.months, self.month_basis, strict=True))],
            "naive": [ratio.as_dict() for ratio in self.ratios],
            "seized_from_lots": self.seized_from_lots.as_dict() if self.seized_from_lots else None,
            "evidence_used": _evidence(self.known.used),
            "evidence_not_used": _evidence(self.known.not_used),
            "warnings": self.warnings(),
            "diagnostics": self.diagnostics(),
        }

    def _unit(self, u: int) -> dict[str, Any]:
        unit = self.known.units[u]
        return {**summary(self.missing[:, u]), "delivered": unit.delivered, "end_user_id": unit.end_user_id,
                "known_lost": unit.known_lost, "sampled": bool(unit.observations)}

    def _end_user(self, e: int) -> dict[str, Any]:
        mine = self.known.end_user == e
        delivered = sum(unit.delivered for unit, here in zip(self.known.units, mine, strict=True) if here)
        diverted = self.missing[:, mine].sum(axis=1)
        return {**summary(diverted), "delivered": delivered, "share": summary(diverted / delivered)}


def estimate(bundle: Bundle, *, until: date, seed: int = 0, draws: int = 4000) -> Estimate:
    """Estimate what was diverted by `until` from a bundle; the same bundle, seed and draws give the same answer.

    Raises asof.EvidenceError when nothing was delivered by then, ValueError for fewer than 100 draws.
    """
    if draws < 100:
        raise ValueError(f"draws is {draws}: an interval needs at least 100.")
    known = asof.as_of(bundle, until)
    rng = np.random.default_rng(seed)
    missing, hazard, clustering, reporting = _draw(known, draws, rng)
    floor = np.array([unit.known_lost for unit in known.units])
    missing = np.maximum(missing, floor[None, :])
    names, weight, basis = months.timing(known)
    return Estimate(
        known=known, seed=seed, missing=missing, hazard=hazard, clustering=clustering, reporting=reporting,
        by_channel=channels.split(missing.sum(axis=1), known, rng),
        by_month=months.course(missing, weight, clustering, rng), months=tuple(names), month_basis=tuple(basis),
        ratios=naive_ratios(bundle, known), seized_from_lots=seizure_bounds(bundle, until),
    )


def _draw(known: AsOf, draws: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.float64],
                                                                      NDArray[np.float64], NDArray[np.float64]]:
    from enduse.engines.evidence import filter as particle_filter
    from enduse.engines.evidence import pooling

    flat = asof.columns(known)
    cells = (len(known.units), pooling.LOG_HAZARDS.size, pooling.CLUSTERINGS.size, pooling.RHO_NODES.size)
    each = int(np.clip(PARTICLE_BUDGET // int(np.prod(cells)), 12, 32))
    evidence = np.zeros(cells)
    particles = np.zeros((*cells, each), dtype=np.int32)
    particle_filter.all_units(int(rng.integers(2**31)), flat.lot_from, flat.quantity, flat.month, flat.obs_from, flat.obs,
                              flat.obs_month, flat.reported, flat.timely, flat.until, pooling.LOG_HAZARDS, pooling.SPACING,
                              pooling.CLUSTERINGS, pooling.STEADIES, pooling.RHO_NODES, OVERLOOKED, evidence, particles)
    quantities = np.array([loss.quantity for unit in known.units for loss in unit.losses], dtype=np.float64)
    pooled = pooling.pool(evidence, particles, known.end_user, quantities, draws, rng)
    return pooled.missing, np.exp(pooled.log_hazard), pooled.clustering, pooled.rho


def _evidence(said: dict[str, tuple[int, str]]) -> list[dict[str, Any]]:
    return [{"code": code, "rows": rows, "words": words} for code, (rows, words) in said.items()]
