"""Measures at each step, made by the product's own actions."""

from __future__ import annotations

from typing import Any

from enduse import clock
from enduse.measures import actions
from enduse.measures.models import Measure
from tests.given import People


def drafted(people: People, **changes: Any) -> Measure:
    asked: dict[str, Any] = {
        "title": "Moratorium on exports to the army", "kind": Measure.MORATORIUM, "authority": Measure.EXECUTIVE_ORDER,
        "authority_reference": "EO 13999", "reason": "Traced firearms", "starts_on": clock.today(), "end_user": people.army,
    }
    return actions.draft(by=people.policy, **{**asked, **changes})


def enacted(people: People, **changes: Any) -> Measure:
    return actions.enact(actions.propose(drafted(people, **changes), by=people.policy), by=people.policy2)
