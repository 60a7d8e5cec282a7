"""Conditions proposed by the assessment stand on the licence and bind; a licence in tranches moves lot by lot."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Office
from tests.cases.person import Person
from tests.cases.steps import SERIALS as serials
from tests.cases.steps import (
    applies,
    confirms_certificate,
    countersigns,
    day,
    declares,
    licence_of,
    receives,
    recommends,
    ships,
    takes_and_screens,
    verifies,
    works_up,
)

pytestmark = pytest.mark.browser


def passes_on(custodian: Person, unit: str, guns: list[str]) -> Person:
    custodian.at_desk().follow("Issue or transfer").choose(unit="Secretariat of Defence", to_unit=unit)
    return custodian.types(serials="\n".join(guns), occurred_on=day()).saves("Hand over")


def test_conditions_are_proposed_by_the_assessment_attached_and_watched(office: Office) -> None:
    application = applies(office)
    officer = takes_and_screens(office.officer, application)
    confirms_certificate(officer).follow("Assess")
    officer.choose(**{"criteria.11.2": "medium"}).types(**{"criteria.11.2.reason": "Units in the coast region lost firearms before."})
    officer.page.locator("[id='id_criteria.11.2_group']").locator("summary").click()
    officer.choose(**{"criteria.11.2.mitigation": ["LOSSREPORT", "STOCKTAKE"]})
    officer.follow("Answer what is left with its best answer").types(summary="Diversion is the risk; counting answers it.")
    officer.saves("Save and go on to recommend")
    assert officer.page.locator("[name='conditions.LOSSREPORT']").is_checked()
    recommends(officer, **{"conditions.NOUNIT": True, "conditions.NOUNIT.units": "2nd military zone"})
    countersigns(office.countersigner, application).sees("Decided: approve")

    licence = licence_of(office.exporter, application)
    office.exporter.follow(licence).sees("Report any loss, theft or desertion within 72 hours", "Not for these units: 2nd military zone")
    declares(office, licence, serials[:20])
    receives(office, ships(office))
    custodian = office.custodian
    passes_on(custodian, "2nd military zone", serials[:5]).sees("keeps these firearms from 2nd military zone", "Not for these units: 2nd military zone")
    passes_on(custodian, "1st military zone", serials[:5]).sees_no("keeps these firearms")
    office.officer.at_desk().sees("A transfer to 2nd military zone was refused")
    office.monitor.at_desk().menu("Conditions").sees(licence, "Report any loss", "Count by serial")


def test_a_tranche_licence_moves_lot_by_lot_and_the_next_waits_for_verification(office: Office) -> None:
    application = applies(office)
    works_up(office, application, **{"conditions.TRANCHES": True, "conditions.TRANCHES.quantity": 10})
    countersigns(office.countersigner, application)
    licence = licence_of(office.exporter, application)
    office.exporter.follow(licence).sees("Deliver at most 10 at a time")

    declares(office, licence, serials[:11]).sees("no consignment has more than 10 firearms")
    declares(office, licence, serials[:10])
    first = ships(office)
    declares(office, licence, serials[10:20]).sees(first)
    receives(office, first)
    declares(office, licence, serials[10:20]).sees(first)
    verifies(office, first)
    declares(office, licence, serials[10:20]).sees("declared")
    receives(office, ships(office))
    office.exporter.at_desk().finds(licence).sees("20 of 40 firearms used")
