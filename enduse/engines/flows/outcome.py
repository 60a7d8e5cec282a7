"""What came of each policy, future by future, and the figures a person compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enduse.engines.flows.measures import Policy
from enduse.engines.flows.plan import STAFF_DAYS
from enduse.engines.flows.world import CHANNELS

TALLIES = ("delivered", "substituted", "stopped", "counts", "guns_counted", "checks", "seized", "straw")
QUANTILES = {"q025": 0.025, "q10": 0.10, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q90": 0.90, "q975": 0.975}


def summary(values: NDArray[Any]) -> dict[str, float]:
    """Mean and quantiles over futures."""
    quantiles = np.quantile(values, list(QUANTILES.values()))
    return {"mean": float(values.mean()), **{name: float(q) for name, q in zip(QUANTILES, quantiles, strict=True)}}


@dataclass(frozen=True)
class Outcome:
    """Paired futures. Policy 0 is to do nothing.

    held_at_start: (futures,) guns; diverted: (futures, policies, months, channels) guns; straw: (futures, policies, months)
    guns that demand found by straw purchase instead; tally: (futures, policies, 8) in the order of TALLIES;
    responses: (futures, 5) coefficients drawn.
    """

    names: tuple[str, ...]
    policies: tuple[Policy, ...]
    months: int
    seed: int
    held_at_start: NDArray[np.int64]
    diverted: NDArray[np.int32]
    straw: NDArray[np.int32]
    tally: NDArray[np.int64]
    responses: NDArray[np.float64]

    def of(self, name: str) -> int:
        """The index of a policy by name; KeyError when it was not simulated."""
        if name not in self.names:
            raise KeyError(f"No policy {name!r} was simulated; there are: {', '.join(self.names)}.")
        return self.names.index(name)

    def total(self, name: str) -> NDArray[np.int64]:
        """(futures,) guns diverted from state stock to the end."""
        return np.asarray(self.diverted[:, self.of(name)].sum(axis=(1, 2), dtype=np.int64))

    def averted(self, name: str) -> NDArray[np.int64]:
        """(futures,) guns diverted under doing nothing less those under the policy, before displacement."""
        return np.asarray(self.total(self.names[0]) - self.total(name))

    def displaced(self, name: str) -> NDArray[np.int64]:
        """(futures,) guns that illicit demand found by straw purchase instead."""
        return self.count("straw", name)

    def net_averted(self, name: str) -> NDArray[np.int64]:
        """(futures,) guns averted less those displaced to straw purchase."""
        return np.asarray(self.averted(name) - self.displaced(name))

    def forgone(self, name: str) -> NDArray[np.int64]:
        """(futures,) guns not delivered under licence by the end that doing nothing would have delivered."""
        return np.asarray(self.count("delivered", self.names[0]) - self.count("delivered", name))

    def count(self, what: str, name: str) -> NDArray[np.int64]:
        """(futures,) one of TALLIES under a policy."""
        return np.asarray(self.tally[:, self.of(name), TALLIES.index(what)])

    def held_at_end(self, name: str) -> NDArray[np.int64]:
        """(futures,) guns still in lawful hands: those at the start, delivered and substituted, less the diverted."""
        return np.asarray(self.held_at_start + self.count("delivered", name) + self.count("substituted", name) - self.total(name))

    def staff_days(self, name: str) -> NDArray[np.float64]:
        """(futures,) days of work at the assumed rates: counts, guns counted (as many as at the start), checks."""
        return np.asarray(self.count("counts", name) * STAFF_DAYS["per_count"]
                          + self.count("guns_counted", name) * STAFF_DAYS["per_gun_counted"]
                          + self.count("checks", name) * STAFF_DAYS["per_check"])

    def beats(self, a: str, b: str) -> float:
        """Probability that a averts more than b, net of displacement; a tie counts half."""
        mine, other = self.net_averted(a), self.net_averted(b)
        return float(np.mean(mine > other) + 0.5 * np.mean(mine == other))

    def best(self) -> dict[str, float]:
        """For each policy the probability that it averts the most, net; ties are shared."""
        net = np.stack([self.net_averted(name) for name in self.names], axis=1)
        top = net == net.max(axis=1, keepdims=True)
        return dict(zip(self.names, (top / top.sum(axis=1, keepdims=True)).mean(axis=0).tolist(), strict=True))

    def as_dict(self) -> dict[str, Any]:
        """Everything a page shows, as JSON."""
        return {
            "months": self.months, "futures": int(self.diverted.shape[0]), "seed": self.seed,
            "held_at_start": summary(self.held_at_start),
            "policies": {name: self._policy(name) for name in self.names},
            "best": self.best(),
            "beats": {a: {b: self.beats(a, b) for b in self.names if b != a} for a in self.names},
            "assumed": {"staff_days": STAFF_DAYS},
        }

    def _policy(self, name: str) -> dict[str, Any]:
        mine = self.diverted[:, self.of(name)]
        saved = self.diverted[:, 0].sum(axis=2) - mine.sum(axis=2)
        return {
            "diverted": summary(self.total(name)),
            "by_channel": {channel: summary(mine[:, :, c].sum(axis=1)) for c, channel in enumerate(CHANNELS)},
            "by_month": [{"month": m, "diverted": summary(mine[:, m].sum(axis=1)), "averted": summary(saved[:, m])}
                         for m in range(self.months)],
            "averted": summary(self.averted(name)), "displaced_to_straw_purchase": summary(self.displaced(name)),
            "net_averted": summary(self.net_averted(name)), "lawful_stock_forgone": summary(self.forgone(name)),
            "averted_by_channel": {channel: summary((self.diverted[:, 0] - mine)[:, :, c].sum(axis=1))
                                   for c, channel in enumerate(CHANNELS)},
            "substituted": summary(self.count("substituted", name)), "delivered": summary(self.count("delivered", name)),
            "seized": summary(self.count("seized", name)), "counts": summary(self.count("counts", name)),
            "checks": summary(self.count("checks", name)), "staff_days": summary(self.staff_days(name)),
            "held_at_end": summary(self.held_at_end(name)),
        }
