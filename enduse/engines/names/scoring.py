"""Scores and reasons by nomenklatura's logic-v2, at its own defaults. Importing this module loads it (seconds)."""

from __future__ import annotations

from followthemoney import EntityProxy, model
from nomenklatura.matching.compare.dates import dob_day_disjoint, dob_year_disjoint
from nomenklatura.matching.logic_v2.model import LogicV2
from nomenklatura.matching.types import FtResult, MatchingResult
from rigour.addresses import match_addresses
from rigour.territories import territories_intersect

from enduse.engines.names.entities import Reason

CONFIG = LogicV2.default_config()
WEIGHTS = {feature.name: feature.weight for feature in LogicV2.features}
ADDRESS_BONUS = WEIGHTS["address_prop_match"]
COUNTRY_PENALTY = -WEIGHTS["country_mismatch"]
EXACT_BEST = max(
    feature.weight for feature in LogicV2.features if not feature.qualifier and feature.name != "name_match"
)


def compare(party: EntityProxy, listed: EntityProxy) -> MatchingResult:
    return LogicV2.compare(party, listed, CONFIG)


def reasons_of(result: MatchingResult) -> tuple[Reason, ...]:
    """What made the score, strongest first; features that neither add nor take off are left out."""
    reasons = [
        Reason(
            feature=feature,
            score=round(found.score, 4),
            weight=WEIGHTS[feature],
            detail=found.detail or "",
            party_value=found.query or "",
            listed_value=found.candidate or "",
        )
        for feature, found in result.explanations.items()
        if found.score > 0
    ]
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.points), reason.feature)))


def birth_penalty(party: EntityProxy, listed: EntityProxy) -> float:
    """What the birth dates alone will take off."""
    year: FtResult = dob_year_disjoint(party, listed, CONFIG)
    day: FtResult = dob_day_disjoint(party, listed, CONFIG)
    return -(WEIGHTS["dob_year_disjoint"] * year.score + WEIGHTS["dob_day_disjoint"] * day.score)


def address_bonus(party_addresses: list[str], listed_addresses: list[str]) -> float:
    """What the addresses alone will add."""
    match = match_addresses(party_addresses, listed_addresses)
    return 0.0 if match is None else ADDRESS_BONUS * match.score


def countries_differ(left: list[str], right: list[str]) -> bool:
    return bool(left) and bool(right) and not territories_intersect(left, right)


def schemas_match(party_schema: str, listed_schema: str) -> bool:
    party, listed = model.get(party_schema), model.get(listed_schema)
    assert party is not None
    assert listed is not None
    return party.can_match(listed) or party == listed
