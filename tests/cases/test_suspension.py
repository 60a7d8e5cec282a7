"""A suspended licence stops everything at once, for everybody who looks; another person reinstates it."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Office
from tests.cases.steps import SERIALS as serials
from tests.cases.steps import code_of, declares, licensed, publicly, ships

pytestmark = pytest.mark.browser


def test_a_suspended_licence_ships_nothing_until_another_person_reinstates_it(office: Office) -> None:
    licence = licensed(office)
    code = code_of(office.exporter, licence)
    declares(office, licence, serials[:5]).sees("declared")
    consignment = office.exporter.here

    office.countersigner.at_desk().finds(licence).follow("Suspend").types(reason="A rifle of this kind was recovered.").saves("Suspend").sees("suspended")
    office.exporter.at_desk().finds(consignment).follow("Hand it to the carrier").saves("Ship").sees("suspended", "A rifle of this kind was recovered.")
    publicly(office, licence, code).sees("Not valid")
    customs = office.customs.at_desk().menu("At the border").types(reference=licence, code=code).saves("Check")
    customs.sees("Nothing may pass under this licence today.")

    office.countersigner.at_desk().finds(licence).follow("Reinstate").types(reason="Explained.").saves("Reinstate").sees("another countersigner reinstates it")
    office.countersigner2.at_desk().finds(licence).follow("Reinstate").types(reason="It was reported lost in time.").saves("Reinstate").sees("active")
    office.exporter.at_desk().finds(consignment)
    ships(office)
    publicly(office, licence, code).sees("Valid today")
