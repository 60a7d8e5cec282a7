"""The world that measures are tried on: what units hold, at what hazards, and what is still to be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from enduse.engines.evidence import Estimate

CHANNELS = ("desertion", "theft", "unauthorised_sale", "unaccounted")
DESERTION, THEFT, SALE, UNACCOUNTED = range(4)


@dataclass(frozen=True)
class Holding:
    """Firearms of one type that one unit holds when the world starts."""

    unit_id: str
    end_user_id: str
    firearm_type: str
    held: int
    country: str = ""


@dataclass(frozen=True)
class Pipeline:
    """The licences still to come for one end user and type.

    applications_per_month: mean of a Poisson; approval: chance that one is approved; lag_months: mean months from decision
    to delivery (Poisson); quantity: guns on one licence; shares: where they go, a share for each unit, summing to 1.
    """

    end_user_id: str
    firearm_type: str
    applications_per_month: float
    approval: float
    lag_months: float
    quantity: int
    shares: tuple[tuple[str, float], ...]


class WorldError(ValueError):
    """A world that cannot be simulated: which field, why, how to mend it."""

    def __init__(self, field: str, reason: str, remedy: str) -> None:
        super().__init__(f"{field}: {reason} {remedy}")
        self.field, self.reason, self.remedy = field, reason, remedy


@dataclass(frozen=True)
class World:
    """Everything that is the same under every policy.

    hazards: (draws, holdings, channels) chance rates per gun-month. That of desertion is per weapon carried off: it is
    carry_off (draws,) times desertions (holdings,) a gun held and month, and its column in `hazards` is added to it.
    seizure: (draws,) monthly rate at which a diverted gun is seized. illicit_demand: guns wanted a month from these stocks.
    held_draws: (draws, holdings) guns at the start where that is uncertain too, in place of each holding's `held`.
    A future takes one draw, the same for every policy, so that the estimate's uncertainty is carried through.
    """

    holdings: tuple[Holding, ...]
    hazards: NDArray[np.float64]
    carry_off: NDArray[np.float64]
    desertions: NDArray[np.float64]
    seizure: NDArray[np.float64]
    pipelines: tuple[Pipeline, ...] = ()
    illicit_demand: float = float("inf")
    held_draws: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        draws = self.hazards.shape[0] if self.hazards.ndim == 3 else 0
        if not self.holdings or self.hazards.shape != (draws, len(self.holdings), len(CHANNELS)) or draws == 0:
            raise WorldError("hazards", f"The shape is {self.hazards.shape}.",
                             f"Give (draws, {len(self.holdings)} holdings, {len(CHANNELS)} channels), at least one of each.")
        shapes = {"carry_off": (draws,), "seizure": (draws,), "desertions": (len(self.holdings),)}
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise WorldError(name, f"The shape is {getattr(self, name).shape}.", f"Give {shape}.")
        for name in ("hazards", *shapes):
            if not np.isfinite(getattr(self, name)).all() or (getattr(self, name) < 0).any():
                raise WorldError(name, "A rate is negative or not a number.", "Give rates of 0 or more a month.")
        if self.held_draws is not None and (self.held_draws.shape != (draws, len(self.holdings)) or (self.held_draws < 0).any()):
            raise WorldError("held_draws", f"The shape is {self.held_draws.shape}, or a number is negative.",
                             f"Give ({draws}, {len(self.holdings)}) numbers of 0 or more.")
        if any(holding.held < 0 for holding in self.holdings):
            raise WorldError("holdings", "A unit holds fewer than no guns.", "Give 0 or more.")
        if not self.illicit_demand >= 0:
            raise WorldError("illicit_demand", f"It is {self.illicit_demand}.", "Give guns a month, 0 or more.")
        self._check_pipelines()

    def _check_pipelines(self) -> None:
        places = self.places()
        for p, line in enumerate(self.pipelines):
            name = f"pipelines[{p}]"
            if not (line.applications_per_month >= 0 and 0 <= line.approval <= 1 and line.lag_months >= 0 and line.quantity >= 0):
                raise WorldError(name, "A rate, share, lag or quantity is out of range.",
                                 "Rates, lags and quantities are 0 or more, approval is from 0 to 1.")
            if not line.shares or abs(sum(share for _, share in line.shares) - 1) > 1e-6 or min(s for _, s in line.shares) < 0:
                raise WorldError(name, "The shares of the units do not sum to 1.", "Give each unit its share, 0 or more.")
            for unit_id, _ in line.shares:
                if (unit_id, line.firearm_type) not in places:
                    raise WorldError(name, f"Unit {unit_id!r} has no holding of type {line.firearm_type!r}.",
                                     "Add a holding (it may hold 0).")

    def places(self) -> dict[tuple[str, str], int]:
        """(unit, type) -> its index among the holdings."""
        return {(holding.unit_id, holding.firearm_type): h for h, holding in enumerate(self.holdings)}

    @property
    def draws(self) -> int:
        return int(self.hazards.shape[0])

    def stock(self) -> NDArray[np.int64]:
        """(draws, holdings) guns held at the start."""
        if self.held_draws is not None:
            return self.held_draws.astype(np.int64)
        return np.tile(np.array([holding.held for holding in self.holdings], dtype=np.int64), (self.draws, 1))

    def rates(self) -> NDArray[np.float64]:
        """(draws, holdings, channels) per gun-month, the carried-off weapons of deserters in the desertion channel."""
        rates = self.hazards.copy()
        rates[:, :, DESERTION] += self.carry_off[:, None] * self.desertions[None, :]
        return rates

    @classmethod
    def from_estimate(cls, estimate: Estimate, *, pipelines: tuple[Pipeline, ...] = (), seizure: tuple[float, float] = (2, 200),
                      illicit_demand: float = float("inf"), seed: int = 0) -> World:
        """A world whose hazards and stocks are the posterior draws of an estimate, each with its own split by channel.

        Guns already missing are not in the stock. seizure: shape and rate of the gamma prior of the monthly seizure rate.
        """
        rng = np.random.default_rng(seed)
        total = estimate.by_channel.sum(axis=1, keepdims=True)
        share = np.where(total > 0, estimate.by_channel / np.maximum(total, 1e-12), 1 / len(CHANNELS))
        holdings, columns, left = [], [], []
        for u, unit in enumerate(estimate.known.units):
            by_type: dict[str, int] = {}
            for lot in unit.lots:
                by_type[lot.firearm_type] = by_type.get(lot.firearm_type, 0) + lot.quantity
            kept = 1.0 - estimate.missing[:, u] / unit.delivered
            for firearm_type, quantity in by_type.items():
                left.append(np.rint(quantity * kept).astype(np.int64))
                holdings.append(Holding(unit.unit_id, unit.end_user_id, firearm_type, round(float(left[-1].mean()))))
                columns.append(u)
        hazards = estimate.hazard[:, columns, None] * share[:, None, :]
        draws = hazards.shape[0]
        return cls(tuple(holdings), hazards, np.zeros(draws), np.zeros(len(holdings)),
                   np.asarray(rng.gamma(seizure[0], 1.0 / seizure[1], size=draws)), pipelines, illicit_demand,
                   np.stack(left, axis=1))
