"""Rule 6: what was learnt of an end user holds its open applications until a countersigner has reviewed it."""

from __future__ import annotations

import pytest

from enduse.accounts.permissions import Role
from enduse.licensing import actions
from enduse.licensing.models import Application, Hold
from enduse.refusals import Refused
from tests import given as base
from tests.licensing import given


def hold_all(people, source: str = "R-2009-0412") -> list[Hold]:
    return actions.hold_applications_of(people.zone, because="A gun sold to it was recovered", source=source, by=people.tracer)


def test_every_open_application_of_the_end_user_is_held_and_no_other(people):
    first, second = given.submitted(people), given.submitted(people)
    other = given.submitted(people, end_user=people.police, consignee=people.police)
    draft = given.drafted(people)
    held = hold_all(people)
    assert {hold.application for hold in held} == {first, second}
    assert [Application.objects.get(pk=each.pk).state for each in (first, other, draft)] == ["held", "submitted", "draft"]


def test_the_same_source_holds_an_application_once(people):
    given.submitted(people)
    assert len(hold_all(people)) == 1
    assert hold_all(people) == []
    assert len(hold_all(people, source="R-2009-0999")) == 1


def test_an_application_on_hold_is_not_approved_until_the_hold_is_released(people):
    application = given.recommended(people)
    hold = hold_all(people)[0]
    with pytest.raises(Refused, match="A gun sold to it was recovered") as refused:
        actions.decide(application, by=people.countersigner)
    assert refused.value.rule == 6
    actions.release_hold(hold, reason="Reviewed: lost before this licence.", by=people.countersigner)
    assert actions.decide(application, by=people.countersigner).outcome == "approve"


def test_an_application_on_hold_may_be_denied(people):
    application = given.recommended(people, outcome="deny", reason_codes=["DH"])
    hold_all(people)
    assert actions.decide(application, by=people.countersigner).outcome == "deny"


def test_who_placed_a_hold_does_not_release_it(people):
    hold = actions.hold(given.submitted(people), because="An anonymous letter", by=people.countersigner)
    with pytest.raises(Refused, match="another countersigner releases it"):
        actions.release_hold(hold, reason="Nothing in it.", by=people.countersigner)
    second = base.user(Role.COUNTERSIGNER, name="second_countersigner")
    actions.release_hold(hold, reason="Nothing in it.", by=second)
    with pytest.raises(Refused, match="released already"):
        actions.release_hold(hold, reason="Again.", by=second)


def test_what_is_decided_is_not_held(people):
    licence = given.licensed(people)
    assert hold_all(people) == []
    with pytest.raises(Refused, match="nothing to hold"):
        actions.hold(licence.application, because="Too late", by=people.officer)
