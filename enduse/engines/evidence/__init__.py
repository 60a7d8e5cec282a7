"""How much was diverted, by which channel, and how sure one can be: evidence tables in, posterior draws out."""

from enduse.engines.evidence.asof import AsOf, EvidenceError
from enduse.engines.evidence.bundle import Bundle, BundleError, RowError, read_bundle, write_bundle
from enduse.engines.evidence.estimate import Estimate, estimate
from enduse.engines.evidence.narrow import Suggestion, what_would_narrow_it
from enduse.engines.evidence.ratios import Bound, Ratio, bounds
from enduse.engines.evidence.rows import (
    CAUSES,
    CHANNELS,
    Check,
    Desertions,
    Loss,
    Lot,
    Recovery,
    Seizures,
    Stocktake,
    Unit,
)

__all__ = [
    "CAUSES", "CHANNELS", "AsOf", "Bound", "Bundle", "BundleError", "Check", "Desertions", "Estimate", "EvidenceError", "Loss",
    "Lot", "Ratio", "Recovery", "RowError", "Seizures", "Stocktake", "Suggestion", "Unit", "bounds", "estimate", "read_bundle",
    "what_would_narrow_it", "write_bundle",
]
