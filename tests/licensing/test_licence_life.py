"""A licence is suspended, reinstated by another, revoked, surrendered, used up, expired; rule 1 holds its balance."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enduse import clock
from enduse.accounts.permissions import Role
from enduse.alerts.models import Alert
from enduse.ledger.verification import verify
from enduse.licensing import actions
from enduse.licensing.models import LicenceUse
from enduse.refusals import Refused
from enduse.screening.queries import state_of
from tests import given as base
from tests.licensing import given


def test_a_suspended_licence_stops_whatever_day_is_said(people):
    licence = given.licensed(people)
    actions.suspend(licence, reason="A trace.", by=people.officer)
    assert licence.state() == "suspended"
    for day in (clock.today(), clock.today() - timedelta(days=3)):
        with pytest.raises(Refused, match=r"is suspended since .*: A trace\."):
            actions.refuse_unless_live(licence, day)


def test_another_person_reinstates_what_one_suspended(people):
    licence = given.licensed(people)
    actions.suspend(licence, reason="A trace.", by=people.countersigner)
    with pytest.raises(Refused, match="another countersigner reinstates it"):
        actions.reinstate(licence, reason="Settled.", by=people.countersigner)
    second = base.user(Role.COUNTERSIGNER, name="second_countersigner")
    actions.reinstate(licence, reason="Settled.", by=second)
    actions.refuse_unless_live(licence, clock.today())
    assert type(licence).objects.get(pk=licence.pk).state() == "active"
    assert verify().differences == ()


def test_a_revoked_licence_never_lives_again(people):
    licence = given.licensed(people)
    given.revoked(people, licence)
    for step in (actions.suspend, actions.reinstate, actions.propose_revocation):
        with pytest.raises(Refused, match="is revoked"):
            step(licence, reason="Again.", by=people.countersigner)


def test_the_applicant_alone_surrenders(people):
    licence = given.licensed(people)
    with pytest.raises(Refused, match="no such licence"):
        actions.surrender(licence, reason="Not wanted.", by=people.applicant)
    actions.surrender(licence, reason="Not wanted.", by=people.exporter)
    with pytest.raises(Refused, match="is surrendered"):
        actions.refuse_unless_live(licence, clock.today())


def test_a_licence_ends_after_two_years_and_permits_nothing_before_its_issue(people):
    licence = given.licensed(people)
    assert licence.expires_on.year == clock.today().year + 2
    actions.refuse_unless_live(licence, licence.expires_on)
    with pytest.raises(Refused, match="expired on"):
        actions.refuse_unless_live(licence, licence.expires_on + timedelta(days=1))
    with pytest.raises(Refused, match="nothing moves under it before"):
        actions.refuse_unless_live(licence, licence.issued_on - timedelta(days=1))
    assert licence.state(licence.expires_on + timedelta(days=1)) == "expired"


def test_no_more_is_taken_than_a_line_permits_and_the_refusal_says_by_how_much(people):
    licence = given.licensed(people)
    line = licence.lines.get()
    actions.use(line, 60, "C-1")
    with pytest.raises(Refused) as refused:
        actions.use(line, 60, "C-2")
    assert refused.value.rule == 1
    assert "permits 40 more of line 1 (Self-loading rifle Colt M4" in refused.value.reason
    assert refused.value.remedy.startswith("Take 20 off")
    assert LicenceUse.objects.count() == 1


def test_what_is_used_up_is_exhausted_still_ships_what_was_declared_and_lives_again_when_given_back(people):
    licence = given.licensed(people)
    line = licence.lines.get()
    actions.use(line, 100, "C-1")
    assert licence.state() == "exhausted"
    actions.refuse_unless_live(licence, clock.today())
    actions.use(line, -40, "C-1")
    assert (licence.state(), licence.remaining()) == ("active", 40)


def test_a_new_list_that_names_a_licensed_party_alerts_the_licensing_officer_once(people):
    licence = given.licensed(people)
    given.loaded_list(people.officer, (people.maker.name, "Company"), source="second list")
    done = actions.rescreen_licensed_parties(by=people.officer)
    assert (done.parties, [screening.party for screening in done.screenings]) == (2, [people.maker])
    alert = Alert.objects.get(kind=Alert.LIST_HIT)
    assert (alert.party, alert.role) == (people.maker, "licensing_officer")
    assert licence.reference in alert.because
    assert state_of(people.maker).state == "open_hits"
    actions.rescreen_licensed_parties(by=people.officer)
    assert Alert.objects.filter(kind=Alert.LIST_HIT).count() == 1
