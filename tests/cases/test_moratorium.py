"""A moratorium blocks decision and shipment, says on whose authority, and ends on its day without anybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cases.conftest import Office
from tests.cases.steps import SERIALS as serials
from tests.cases.steps import applies, countersigns, day, declares, licence_of, licensed, works_up

pytestmark = pytest.mark.browser


def enacts_a_moratorium(office: Office, last_day: str) -> str:
    policy = office.policy.at_desk().follow("Draft a measure").types(
        title="Moratorium on exports to the army", authority_reference="EO 13999", reason="Traced firearms.", starts_on=day(), ends_on=last_day)
    policy.choose(kind="moratorium", authority="executive_order", end_user="Secretariat of Defence").saves("Save the draft")
    measure = policy.here
    policy.follow("Propose").saves("Propose").sees("proposed")
    office.policy2.at_desk().menu("Measures").follow(measure).follow("Enact with a second officer").saves("Enact").sees("in force")
    return measure


def test_a_moratorium_blocks_decision_and_shipment_and_lapses_on_its_day(office: Office, days_pass: Callable[[int], None]) -> None:
    licence = licensed(office)
    application = applies(office, certificate="EUC-2")
    works_up(office, application)
    measure = enacts_a_moratorium(office, last_day=day(30))

    countersigns(office.countersigner, application).sees(measure, "EO 13999")
    declares(office, licence, serials[:5]).sees(measure, "EO 13999")
    office.public.at_desk().follow("1 measure in force").sees("Moratorium on exports to the army", "EO 13999")

    days_pass(31)
    countersigns(office.countersigner, application).sees("Decided: approve")
    licence_of(office.exporter, application)
    declares(office, licence, serials[:5]).sees("declared")
    office.public.at_desk().sees_no("1 measure in force")
