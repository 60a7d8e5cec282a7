"""Two countersigners by rule, two officers to revoke or amend, an appeal by others, notice to the legislature, a replacement."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from enduse import clock
from enduse.accounts.permissions import Role
from enduse.alerts.models import Alert
from enduse.ledger.verification import verify
from enduse.licensing import actions, dated
from enduse.licensing.models import Application, Countersignature, Decision, Licence, Recommendation
from enduse.refusals import Invalid, NotPermitted, Refused
from tests import given as base
from tests.licensing import given

SEMI = actions.LineAsked(firearm_type="rifle_semi", calibre="556nato", quantity=100, unit_value_cents=90_000, make="colt", model="M4")


def line(**changes) -> actions.LineAsked:
    return actions.LineAsked(**{**SEMI.__dict__, **changes})


def later(days: int):
    return clock.at(clock.now() + timedelta(days=days))


def second(people):
    return base.user(Role.COUNTERSIGNER, name="second_countersigner")


@pytest.mark.parametrize(("lines", "level", "rules"), [
    ([line()], "low", []),
    ([line(quantity=1_000, unit_value_cents=100_000)], "low", ["C-VALUE"]),
    ([line(quantity=999, unit_value_cents=100_000)], "low", []),
    ([line(firearm_type="smg", automatic=True, quantity=500)], "low", ["C-AUTOMATIC"]),
    ([line(firearm_type="mg_light", automatic=True, quantity=1)], "low", ["C-HEAVY"]),
    ([line()], "high", ["C-RISK"]),
])
def test_the_rules_of_the_day_say_how_many_countersign(db, lines, level, rules):
    asked = [type("Line", (), {**each.__dict__, "automatic": each.is_automatic}) for each in lines]
    needed, asking = dated.countersigners_needed(asked, {"7.1.a": {"level": level}}, date(2012, 1, 1))
    assert ([rule.code for rule in asking], needed) == (rules, 2 if rules else 1)
    assert dated.countersigners_needed(asked, {"7.1.a": {"level": level}}, date(1999, 12, 31)) == (1, [])


def test_an_approval_of_much_value_is_decided_by_the_second_countersigner(people):
    application = given.recommended(people, lines=[line(quantity=800, unit_value_cents=130_000)])
    first = actions.decide(application, note="Agreed.", by=people.countersigner)
    assert isinstance(first, Countersignature)
    assert (first.needed, first.rules) == (2, ["C-VALUE"])
    assert Application.objects.get(pk=application.pk).state == "recommended"
    assert isinstance(actions.decide(application, by=second(people)), Decision)
    assert verify().differences == ()


def test_a_refusal_has_one_countersigner_whatever_its_value(people):
    application = given.recommended(people, lines=[line(quantity=900_000)], outcome="deny", reason_codes=["DV"])
    assert isinstance(actions.decide(application, by=people.countersigner), Decision)


def test_revoking_takes_a_second_officer_who_may_decline(people):
    licence = given.licensed(people)
    proposal = actions.propose_revocation(licence, reason="Resold.", by=people.countersigner)
    assert licence.state() == "active"
    with pytest.raises(Refused, match="You proposed this") as refused:
        actions.agree(proposal, by=people.countersigner)
    assert refused.value.rule == 2
    with pytest.raises(Invalid, match="Declining says why"):
        actions.decline(proposal, reason=" ", by=second(people))
    with pytest.raises(NotPermitted):
        actions.agree(proposal, by=people.officer)
    actions.decline(proposal, reason="Not shown.", by=base.user(Role.COUNTERSIGNER, name="third"))
    assert licence.state() == "active"
    with pytest.raises(Refused, match="answered already"):
        actions.agree(proposal, by=people.countersigner)
    assert given.revoked(people, licence).state() == "revoked"
    assert verify().differences == ()


def test_an_amended_source_delivers_and_the_earlier_one_no_longer(people):
    from enduse.deliveries.actions import declare
    from enduse.parties.actions import register
    from enduse.parties.models import Party
    from enduse.screening.actions import screen
    from tests.deliveries import given as deliveries

    other = register(name="Lakeside Arms", kind=Party.COMPANY, country="US", registration="M-9", by=None)
    exporter2 = base.user(Role.EXPORTER, other)
    licence = deliveries.licence(people, by_exporter=True)
    proposal = actions.propose_amendment(licence, item="SELLER", party=other, reason="The first maker closed its line.", by=people.officer)
    with pytest.raises(Refused, match="not clear against the current lists"):
        actions.agree(proposal, by=people.countersigner)
    screen(other, by=people.officer)
    actions.agree(proposal, by=people.countersigner)
    assert Licence.objects.get(pk=licence.pk).seller == other
    guns = deliveries.guns(3)
    with pytest.raises(Refused, match="for another seller"):
        deliveries.declared(people, licence, guns)
    assert declare(licence, manifest=guns, manifest_sha256=deliveries.digest(guns), carrier=people.carrier, consignee=people.army, by=exporter2)
    assert licence in Licence.objects.visible_to(exporter2)


def test_a_refusal_is_appealed_and_decided_by_officers_who_had_no_part_in_it(people):
    application = given.recommended(people, outcome="deny", reason_codes=["DV"])
    first = actions.decide(application, by=people.countersigner)
    actions.appeal(application, grounds="The losses were another unit's.", by=people.exporter)
    application = Application.objects.get(pk=application.pk)
    assert application.state == "appealed"
    assert Alert.objects.get(kind=Alert.APPEAL).party == people.army
    for step in (lambda: actions.assess(application, criteria=given.answers(), flags=given.flag_answers(application), summary="x", by=people.officer),
                 lambda: actions.recommend(application, outcome="approve", by=people.officer)):
        with pytest.raises(Refused, match=r"You had a part in the first decision|not assessed") as refused:
            step()
        assert refused.value.rule == 2
    actions.assess(application, criteria=given.answers(), flags=given.flag_answers(application), summary="Anew.", by=people.officer2)
    given.confirmed(people, application)
    actions.recommend(application, outcome="approve", note="The ground holds.", by=people.officer2)
    with pytest.raises(Refused, match=r"You had a part in the first decision"):
        actions.decide(application, by=people.countersigner)
    again = actions.decide(application, by=second(people))
    application = Application.objects.get(pk=application.pk)
    assert (again.previous, application.decision, application.state) == (first, again, "approved")
    assert list(application.decisions.order_by("pk")) == [first, again]
    assert verify().differences == ()


def test_an_appeal_is_made_once_within_28_days_by_the_applicant(people):
    application = given.recommended(people, outcome="deny", reason_codes=["DV"])
    with pytest.raises(Refused, match="was not refused"):
        actions.appeal(application, grounds="Too early.", by=people.exporter)
    actions.decide(application, by=people.countersigner)
    with pytest.raises(Refused, match="no such application"):
        actions.appeal(application, grounds="Not mine.", by=people.applicant)
    with later(29), pytest.raises(Refused, match="could be appealed against until"):
        actions.appeal(application, grounds="Too late.", by=people.exporter)
    with later(28):
        actions.appeal(application, grounds="In time.", by=people.exporter)
    with pytest.raises(Refused, match="already"):
        actions.appeal(application, grounds="Again.", by=people.exporter)
    with pytest.raises(Refused, match="can no longer be withdrawn"):
        actions.withdraw(application, by=people.exporter)


def above_threshold(people) -> Application:
    return given.approved_above_threshold(people, second(people))


def test_above_a_threshold_the_licence_waits_until_the_legislatures_days_have_passed(people):
    application = above_threshold(people)
    assert (application.state, application.decision.notice_rule) == ("to_notify", "US-36C-2020")
    with pytest.raises(Refused, match="this is done when it is"):
        actions.issue(application, by=people.officer)
    notice = actions.notify(application, letter="DDTC 26-001", by=people.officer)
    assert (notice.value_usd, notice.waits_until) == (1_800_000, clock.today() + timedelta(days=30))
    assert Application.objects.get(pk=application.pk).state == "notified"
    with pytest.raises(Refused, match="the licence is issued from"):
        actions.issue(application, by=people.officer)
    with later(30):
        licence = actions.issue(application, by=people.officer)
        assert licence.issued_on == notice.waits_until
    assert Application.objects.get(pk=application.pk).state == "approved"
    assert verify().differences == ()


def test_an_objection_of_the_legislature_blocks_the_licence_for_good(people):
    application = above_threshold(people)
    actions.notify(application, letter="DDTC 26-001", by=people.officer)
    actions.object_to(application, resolution="S.J.Res. 12", reason="The police force is under inquiry.", by=people.officer)
    assert Application.objects.get(pk=application.pk).state == "objected"
    with later(60), pytest.raises(Refused, match="the legislature objected"):
        actions.issue(application, by=people.officer)
    assert not Licence.objects.exists()


def test_a_hold_while_the_legislature_thinks_is_asked_again_at_issue(people):
    application = above_threshold(people)
    actions.notify(application, letter="DDTC 26-001", by=people.officer)
    given.loaded_list(people.officer, (people.maker.name, "Company"), source="second list")
    with later(31), pytest.raises(Refused, match=r"screening of .* is not complete"):
        actions.issue(application, by=people.officer)


@pytest.mark.parametrize(("day", "automatic", "country", "rule", "authority"), [
    (date(2010, 5, 1), False, "MX", "US-36C", "US-STATE"), (date(2010, 5, 1), False, "CA", "US-36C-ALLIES", "US-STATE"),
    (date(2021, 5, 1), False, "MX", None, "US-COMMERCE-2020"), (date(2021, 5, 1), True, "MX", "US-36C-2020", "US-STATE-2020"),
    (date(2023, 5, 1), False, "MX", "US-743-6-B", "US-COMMERCE-2020"), (date(2023, 5, 1), False, "CO", None, "US-COMMERCE-2020"),
    (date(2025, 9, 29), False, "MX", "US-743-6-B", "US-COMMERCE-2020"), (date(2025, 9, 30), False, "MX", None, "US-COMMERCE-2020"),
])
def test_who_licenses_and_what_the_legislature_is_told_of_changed_with_the_years(db, day, automatic, country, rule, authority):
    lines = [type("Line", (), {"quantity": 2_000, "unit_value_cents": 90_000, "automatic": automatic, "firearm_type": "x"})]
    met = dated.threshold_met(lines, country, day)
    assert (met.code if met else None) == rule
    assert dated.authority_of(automatic, day).code == authority


def test_a_replacement_asks_for_the_balance_only_and_closes_the_old_licence(people):
    old = given.licensed(people)
    actions.use(old.lines.get(), 40, "C-1")
    application = actions.draft_replacement(old, by=people.exporter)
    assert [each.quantity for each in application.lines.all()] == [60]
    words = {"capacity": application.capacity, "end_user": people.army, "consignee": people.army, "country": "MX", "purpose": "The rest",
             "certificate": given.certificate()}
    for quantity in (61, 60):
        actions.revise_draft(application, by=people.exporter, lines=[line(quantity=quantity)], **words)
        if quantity == 61:
            with pytest.raises(Refused, match=r"60 of .* were not shipped; it asks for 61") as refused:
                actions.submit(application, by=people.exporter)
            assert refused.value.rule == 1
    actions.submit(application, by=people.exporter)
    application = given.recommended(people, given.assessed(people, given.screened(people, application)))
    actions.decide(application, by=people.countersigner)
    new = Licence.objects.get(application=application)
    assert (Licence.objects.get(pk=old.pk).state(), new.state(), new.quantity()) == ("replaced", "active", 60)
    with pytest.raises(Refused, match="is replaced since"):
        actions.refuse_unless_live(old, clock.today())
    assert verify().differences == ()


def test_what_was_shipped_meanwhile_is_not_replaced(people):
    old = given.licensed(people)
    application = actions.draft_replacement(old, by=people.exporter)
    actions.revise_draft(application, by=people.exporter, capacity="exporter", end_user=people.army, consignee=people.army, country="MX",
                         purpose="The rest", certificate=given.certificate(), lines=[line()])
    actions.submit(application, by=people.exporter)
    application = given.recommended(people, given.assessed(people, given.screened(people, application)))
    actions.use(old.lines.get(), 1, "C-1")
    with pytest.raises(Refused, match="it asks for 100"):
        actions.decide(application, by=people.countersigner)
    assert Recommendation.objects.filter(application=application).count() == 1
