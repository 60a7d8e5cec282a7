"""Above a threshold two countersign, the legislature is told, and the licence waits until the days have passed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cases.conftest import Office
from tests.cases.steps import applies, countersigns, day, licence_of, works_up

pytestmark = pytest.mark.browser


def test_an_approval_above_the_threshold_is_told_to_the_legislature_and_issued_when_its_days_have_passed(
    office: Office, days_pass: Callable[[int], None],
) -> None:
    application = applies(office, quantity=2_000, firearm_type="rifle_assault")
    works_up(office, application)
    countersigns(office.countersigner, application).sees("A second countersigner decides")
    countersigns(office.countersigner, application).sees("the second countersigner is another person")
    countersigns(office.countersigner2, application).sees("Decided: approve", "the legislature is told before the licence is issued")
    office.exporter.at_desk().finds(application).sees("legislature").sees_no("Licensed")

    officer = office.officer.at_desk().finds(application).follow("Tell the legislature")
    officer.types(letter="Transmittal 26-001", sent_on=day()).saves("Record the notice").sees("The legislature was told on")
    officer.sees_no("Issue the licence")
    days_pass(31)
    officer.at_desk().finds(application).follow("Issue").saves("Issue").sees("was issued", "active")
    licence_of(office.exporter, application)
