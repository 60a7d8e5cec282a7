"""Denials that other states notify: recorded with their notice, seen by the flag while they count, taken back by their state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from enduse import clock
from enduse.ledger.verification import verify
from enduse.licensing.actions.denying_elsewhere import end_denial, record_denial
from enduse.licensing.models import NotifiedDenial
from enduse.measures.actions import months_before
from enduse.refusals import Invalid, NotPermitted, Refused
from tests.cli.conftest import run
from tests.licensing import given
from tests.licensing.test_flags import flags_of
from tests.licensing.test_kinds import fields_of

__all__ = ["run"]
RIFLE = [{"firearm_type": "rifle_semi", "calibre": "556nato"}]


def denied(people: Any, **changes: Any) -> NotifiedDenial:
    asked = {"state": "de", "number": "12/2011", "denied_on": clock.today() - timedelta(days=30), "end_user": people.zone, "country": "mx", "lines": RIFLE}
    return record_denial(by=people.officer, **{**asked, **changes})


def test_a_denial_of_another_state_raises_c04_on_an_essentially_identical_application(people):
    notified = denied(people)
    assert (notified.end_user, notified.country, str(notified)) == (people.army, "MX", "DE 12/2011")
    assert flags_of(given.submitted(people))["C04"] == "Denied by another state: DE 12/2011; consult it."
    assert "C04" not in flags_of(given.submitted(people, end_user=people.police, consignee=people.police))
    assert verify().differences == ()


@pytest.mark.parametrize("changes", [{"country": "GT"}, {"lines": [{"firearm_type": "smg", "calibre": "556nato"}]}])
def test_what_is_not_essentially_identical_raises_nothing(people, changes):
    denied(people, **changes)
    assert "C04" not in flags_of(given.submitted(people))


def test_it_counts_thirty_six_months_and_no_longer_once_its_state_took_it_back(people):
    denied(people, denied_on=months_before(clock.today(), 36))
    application = given.submitted(people)
    assert "C04" not in flags_of(application)
    last = denied(people, number="13/2011", denied_on=months_before(clock.today(), 36) + timedelta(days=1))
    assert "DE 13/2011" in flags_of(application)["C04"]
    end_denial(last, reason="Its note of today.", by=people.officer)
    assert "C04" not in flags_of(application)
    with pytest.raises(Refused, match="taken back already"):
        end_denial(last, reason="Again.", by=people.officer)


def test_each_fault_is_named_and_a_notice_is_recorded_once(people):
    with pytest.raises(Invalid) as refused:
        denied(people, state="Germany", number=" ", denied_on=clock.today() + timedelta(days=1), lines=[{"firearm_type": "bow", "calibre": "556nato"}],
               reason_codes=["ZZ"])
    assert fields_of(refused) == {"state", "number", "denied_on", "firearm_type", "reason_codes"}
    denied(people)
    with pytest.raises(Refused, match="is recorded already"):
        denied(people)
    with pytest.raises(NotPermitted):
        record_denial(state="DE", number="1", denied_on=clock.today(), end_user=people.army, country="MX", lines=RIFLE, by=people.exporter)
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        NotifiedDenial.objects.update(country="GT")


def test_it_is_recorded_on_the_page_the_api_and_the_command_line_and_read_by_the_authority(run, people):
    client = Client()
    client.force_login(people.officer)
    told = {"state": "DE", "number": "12/2011", "denied_on": "2026-01-05", "end_user": people.army.pk, "country": "MX", "firearm_type": "rifle_semi",
            "calibre": "556nato", "reason_codes": ["DV"]}
    page = client.post("/licensing/denials/new/", told, follow=True).content.decode()
    assert "DE 12/2011" in page
    body = {**{name: told[name] for name in ("state", "denied_on", "end_user", "country")}, "number": "13/2011", "lines": RIFLE}
    answered = client.post("/api/licensing/denials", body, content_type="application/json")
    assert (answered.status_code, answered.json()["counts"]) == (200, True)
    said = run("licensing", "end-denial", str(answered.json()["id"]), "--reason", "Its note.", by=people.officer)
    assert said.exit_code == 0, said.stderr
    assert [(row["number"], row["counts"]) for row in client.get("/api/licensing/denials").json()] == [("13/2011", False), ("12/2011", True)]
    first = NotifiedDenial.objects.get(number="12/2011")
    assert "Its letter" in client.post(f"/licensing/denials/{first.pk}/end/", {"reason": "Its letter"}, follow=True).content.decode()
