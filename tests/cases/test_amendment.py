"""An application is amended before its decision, a licence after it: each seen beside what stood before."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Office
from tests.cases.steps import applies, assesses, countersigns, licence_of, recommends, works_up

pytestmark = pytest.mark.browser


def test_an_amendment_voids_the_recommendation_and_is_worked_anew_and_a_misprint_is_amended_on_the_licence(office: Office) -> None:
    application = applies(office)
    works_up(office, application)
    exporter = office.exporter.at_desk().finds(application).follow("Amend").types(why="The buyer needs fewer.", **{"lines-0-quantity": 30})
    exporter.saves("File this version").sees("Version 2 was filed", "40", "30")
    countersigner = office.countersigner.at_desk().finds(application).sees("version 2", "is not assessed")
    countersigner.sees_no("Read the recommendation and decide")

    officer = office.officer.at_desk().finds(application).sees("Not assessed yet")
    assesses(officer, "Fewer than before; nothing else changed.").saves("Save and go on to recommend")
    recommends(officer)
    countersigns(office.countersigner, application).sees("Decided: approve")
    licence = licence_of(office.exporter, application)
    office.exporter.follow(licence).sees("0 of 30 firearms used")

    officer.at_desk().finds(licence).follow("Amend").choose(item="TYPO").types(
        was="Northern Rifle Work", becomes="Northern Rifle Works", reason="A letter is missing.").saves("Propose")
    officer.sees("Another officer answers it; until then nothing changes.")
    office.countersigner.at_desk().finds(licence).follow("Agree or decline").choose(answer="agree").saves("Answer")
    office.exporter.at_desk().finds(licence).sees("Amendments", "Northern Rifle Work →")
