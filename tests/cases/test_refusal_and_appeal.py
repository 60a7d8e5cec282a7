"""A refusal says why, criterion by criterion; an appeal is decided by officers who had no part in it."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Office
from tests.cases.steps import (
    applies,
    assesses,
    confirms_certificate,
    countersigns,
    licence_of,
    recommends,
    takes_and_screens,
    works_up_to_deny,
)

pytestmark = pytest.mark.browser


def test_a_refusal_is_read_appealed_against_and_decided_again_by_others(office: Office) -> None:
    application = applies(office)
    works_up_to_deny(confirms_certificate(takes_and_screens(office.officer, application)), "DV",
                     _11_2=("high", "Earlier deliveries were found with criminals."))
    # What is answered high needs two countersigners only to approve: one refuses.
    countersigns(office.countersigner, application).sees("Decided: deny")

    exporter = office.exporter.at_desk().finds(application).sees("denied", "criterion 11.2", "You may appeal until")
    exporter.sees_no("found with criminals")
    exporter.follow("Appeal").types(grounds="The army has counted every rifle since, by serial.").saves("Appeal").sees("Your appeal was filed")

    office.officer.at_desk().finds(application).sees("You had a part in the first decision")
    officer2 = office.officer2.at_desk().finds(application).sees("Appealed against")
    assesses(officer2, "The counts were seen; the losses were before.").saves("Save and go on to recommend")
    recommends(officer2, note="The grounds hold.")
    office.countersigner.at_desk().finds(application).sees("You had a part in the first decision")
    countersigns(office.countersigner2, application).sees("Decided: approve")
    licence_of(office.exporter, application)
    office.exporter.sees("Decided: deny", "Decided on appeal: approve")
