"""A possible list match: told apart with a reason, or found true, and then nothing is approved."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Office
from tests.cases.person import Person
from tests.cases.steps import (
    applies,
    assesses,
    confirms_certificate,
    countersigns,
    denies,
    licence_of,
    recommends,
    takes_and_screens,
)
from tests.licensing.given import loaded_list

pytestmark = pytest.mark.browser


def answers_the_hit(officer: Person, application: str, outcome: str, reason: str) -> Person:
    officer.follow("Resolve the possible matches").choose(outcome=outcome).types(reason=reason).saves("Save the answer")
    return officer.sees(application, "Your answer was saved.")


def test_a_hit_is_told_apart_with_its_reason_and_the_case_goes_on(office: Office) -> None:
    loaded_list(office.people.officer, ("Northern Rifle Work", "Company"), source="other list")
    application = applies(office)
    officer = takes_and_screens(office.officer, application).sees("Resolve the possible matches")
    officer = answers_the_hit(officer, application, "false_match", "Another company: other country, other registration.")
    officer.sees_no("Resolve the possible matches")
    assesses(confirms_certificate(officer)).saves("Save and go on to recommend")
    recommends(officer)
    countersigns(office.countersigner, application).sees("Decided: approve")
    licence_of(office.exporter, application)
    office.exporter.sees_no("other list")


def test_a_true_hit_is_not_approved_only_denied_and_the_applicant_reads_the_reason(office: Office) -> None:
    loaded_list(office.people.officer, ("Northern Rifle Works", "Company"), source="other list")
    application = applies(office)
    officer = takes_and_screens(office.officer, application)
    answers_the_hit(officer, application, "true_match", "Same name, country and registration.")
    confirms_certificate(officer)
    assesses(officer).saves("Save and go on to recommend")
    recommends(officer)
    countersigns(office.countersigner, application).sees("a party that is on a list cannot be approved")
    office.countersigner.follow("Send it back to the officer with your reason").types(reason="A listed party: deny.").saves("Send back")
    denies(officer.at_desk().finds(application).follow("Recommend"), "PT")
    countersigns(office.countersigner, application).sees("Decided: deny")
    office.exporter.at_desk().finds(application).sees("denied", "You may appeal until").sees_no("other list")
