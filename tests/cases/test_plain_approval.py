"""A plain approval, from the exporter's desk to the licence that anybody can check; and how few clicks it takes an officer."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Office
from tests.cases.steps import SERIALS as serials
from tests.cases.steps import (
    applies,
    assesses,
    code_of,
    confirms_certificate,
    countersigns,
    declares,
    licence_of,
    publicly,
    receives,
    recommends,
    ships,
    takes_and_screens,
    verifies,
    works_up,
)

pytestmark = pytest.mark.browser


def test_a_plain_case_is_filed_worked_approved_delivered_and_checked_by_anybody(office: Office) -> None:
    application = applies(office)
    works_up(office, application)
    countersigns(office.countersigner, application).sees("Decided: approve")
    licence = licence_of(office.exporter, application)
    office.exporter.follow(licence).sees("active", "0 of 40 firearms used")

    publicly(office, licence, code_of(office.exporter, licence)).sees("Valid today")
    publicly(office, licence, "AAAAAAAA").sees("No licence has this reference and code")

    declares(office, licence, serials[:40])
    consignment = ships(office)
    receives(office, consignment)
    verifies(office, consignment)
    office.exporter.at_desk().finds(licence).sees("exhausted", "40 of 40 firearms used")


def test_a_common_case_takes_an_officer_fewer_than_twenty_clicks_from_opened_to_recommended(office: Office) -> None:
    application = applies(office)
    officer = office.officer.at_desk().finds(application)
    officer.clicks = 0
    officer.saves("Take this case")
    officer.saves("Screen the parties")
    confirms_certificate(officer)
    assesses(officer).saves("Save and go on to recommend")
    recommends(officer)
    officer.sees("recommended")
    print("clicks:", officer.clicks)
    assert officer.clicks < 20


def test_the_recommending_officer_cannot_decide_and_an_unconfirmed_certificate_stops_the_decision(office: Office) -> None:
    application = applies(office)
    officer = takes_and_screens(office.officer, application)
    assesses(officer).saves("Save and go on to recommend")
    recommends(officer).sees_no("Read the recommendation and decide")
    countersigns(office.countersigner, application).sees("The issuer of certificate EUC-1 has not confirmed it.", "a channel that the applicant did not name")
    confirms_certificate(office.officer.at_desk().finds(application))
    countersigns(office.countersigner, application).sees("Decided: approve")
