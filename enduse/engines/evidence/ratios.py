"""The ratios that the field quotes, each with its numerator, its denominator and its known bias, and the seizure bounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from enduse.engines.evidence.asof import AsOf
from enduse.engines.evidence.bundle import Bundle


@dataclass(frozen=True)
class Ratio:
    """A ratio as quoted. `value` is None where the denominator is 0; `code` and `bias_code` are stable, for translation."""

    code: str
    words: str
    numerator: int
    denominator: int
    bias_code: str
    bias: str

    @property
    def value(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "words": self.words, "numerator": self.numerator, "denominator": self.denominator,
                "value": self.value, "bias_code": self.bias_code, "bias": self.bias}


def naive_ratios(bundle: Bundle, known: AsOf) -> tuple[Ratio, ...]:
    """Share of checks unfavourable, reported losses of delivered, traced to the lots of traced: as known by the day."""
    closed = [check for check in bundle.checks if check.checked_on <= known.until and check.outcome != "inconclusive"]
    unfavourable = sum(check.outcome == "unfavourable" for check in closed)
    month = f"{known.until:%Y-%m}"
    counted = [row for row in bundle.seizures if row.month <= month]
    recovered = [row for row in bundle.recoveries if row.recovered_on <= known.until]
    traced = sum(row.traced for row in counted) if counted else sum(row.traced for row in recovered)
    to_lots = sum(row.traced_to_lots for row in counted) if counted else sum(bool(row.lot_id) for row in recovered)
    return (
        Ratio("checks_unfavourable", "checks with an unfavourable outcome, of checks with an outcome", unfavourable, len(closed),
              "selection", "Checks go where risk is, and an unfavourable check is not a diverted firearm: usually far too high."),
        Ratio("reported_of_delivered", "firearms reported lost, of firearms delivered",
              sum(unit.reported for unit in known.units), known.delivered, "unreported",
              "Losses that nobody reports are not in it, unauthorised sales above all: too low."),
        Ratio("lots_of_traced", "firearms traced to these lots, of firearms traced", to_lots, traced, "wrong_denominator",
              "A share of the traced is no share of the delivered: it depends on what else is seized and what is submitted."),
    )


@dataclass(frozen=True)
class Bound:
    """Between which shares the truth lies, whatever the untraced are. `as_of` is the day the figures were known."""

    lower: float
    upper: float
    seized: int
    traced: int
    from_source: int
    as_of: date | None

    @property
    def width(self) -> float:
        return self.upper - self.lower

    def as_dict(self) -> dict[str, Any]:
        return {"lower": self.lower, "upper": self.upper, "seized": self.seized, "traced": self.traced,
                "from_source": self.from_source, "as_of": self.as_of.isoformat() if self.as_of else None}


def bounds(seized: int, traced: int, from_source: int, as_of: date | None = None) -> Bound:
    """The share of all seized firearms that came from a source lies in [U/S, (U + S - T)/S].

    Raises ValueError unless 0 <= from_source <= traced <= seized and seized > 0 (Manski's worst-case bounds).
    """
    if seized <= 0:
        raise ValueError(f"seized is {seized}: bounds need at least one seized firearm.")
    if not 0 <= from_source <= traced <= seized:
        raise ValueError(f"traced to the source ({from_source}) counts part of traced ({traced}), and traced part of "
                         f"seized ({seized}): correct the figure that is out of order.")
    return Bound(from_source / seized, (from_source + seized - traced) / seized, seized, traced, from_source, as_of)


def seizure_bounds(bundle: Bundle, until: date) -> Bound | None:
    """Bounds on the share of seized firearms that came from the lots, from seizures.csv; None without seizures."""
    counted = [row for row in bundle.seizures if row.month <= f"{until:%Y-%m}"]
    seized = sum(row.seized for row in counted)
    if not seized:
        return None
    return bounds(seized, sum(row.traced for row in counted), sum(row.traced_to_lots for row in counted), as_of=until)
