"""The program raises a flag where its data show one, with the evidence, and none where they do not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enduse import clock
from enduse.accounts.permissions import Role
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.licensing import actions, dated
from enduse.licensing.flags import FLAGS, raised
from enduse.licensing.models import Application, EndUseCertificate
from enduse.licensing.queries import known
from enduse.measures.actions import months_before
from enduse.parties.actions import post_record_line, register, report_personnel
from enduse.parties.models import Party, RecordLine
from enduse.reference import table
from tests.deliveries import given as deliveries
from tests.given import user
from tests.licensing import given


def flags_of(application: Application) -> dict[str, str]:
    return raised(known(Application.objects.get(pk=application.pk)))


def post(people, kind: str, *, days_ago: int = 0, **figures: int) -> None:
    post_record_line(people.army, kind, figures, rests_on="a test", as_of=clock.today() - timedelta(days=days_ago))


def test_a_plain_application_raises_nothing(people):
    assert flags_of(given.screened(people, given.submitted(people))) == {}


def test_every_flag_of_the_program_is_in_the_list_and_marked_so(people):
    assert set(FLAGS) == {code for code, entry in table("warning_flags").items() if entry.more["raised_by_program"] == "yes"}


def test_an_open_hit_is_w02(people):
    given.loaded_list(people.officer, (people.maker.name, "Company"))
    application = given.screened(people, given.submitted(people))
    assert people.maker.name in flags_of(application)["W02"]


def test_more_firearms_than_people_is_w03(people):
    report_personnel(people.army, clock.today(), [(people.zone, 60, 2), (people.zone2, 30, 0)], by=people.custodian)
    assert flags_of(given.submitted(people))["W03"].startswith("100 firearms are asked for; 90 people")


def test_automatic_firearms_for_a_police_are_w04_and_i01(people):
    lines = [actions.LineAsked("rifle_assault", "556nato", 5, 90_000)]
    found = flags_of(given.submitted(people, end_user=people.police, consignee=people.police, lines=lines))
    assert set(found) == {"W04", "I01"}
    assert set(flags_of(given.submitted(people, lines=lines))) == {"I01"}


def test_an_open_alert_or_hold_is_w08(people):
    application = given.submitted(people)
    raise_alert(Alert.LOSS, role=Role.LICENSING_OFFICER, because="A loss", party=people.zone)
    actions.hold(application, because="A letter", by=people.officer)
    assert flags_of(application)["W08"] == "1 alerts and 1 holds on this end user are open."


def test_a_check_that_went_badly_is_w09_for_three_years(people):
    post(people, RecordLine.CHECKED, checks=3, favourable=2, unfavourable=1, days_ago=1_000)
    assert flags_of(given.submitted(people))["W09"].startswith("1 of 3 checks")
    post(people, RecordLine.CHECKED, checks=3, favourable=2, unfavourable=1, days_ago=1_100)
    assert "W09" not in flags_of(given.submitted(people))


def test_a_trace_is_w10_for_five_years(people):
    post(people, RecordLine.TRACED, traced=4, days_ago=1_800)
    assert flags_of(given.submitted(people))["W10"].startswith("4 recovered firearms")
    post(people, RecordLine.TRACED, traced=4, days_ago=1_900)
    assert "W10" not in flags_of(given.submitted(people))


def test_losses_above_the_limit_are_w11_and_a_count_too_old_is_w12(people):
    post(people, RecordLine.DELIVERED, delivered=1_000)
    post(people, RecordLine.LOST, lost=20)
    assert set(flags_of(given.submitted(people))) == {"W12"}
    post(people, RecordLine.LOST, lost=21)
    post(people, RecordLine.COUNTED, expected=900, sighted=900, missing=0, days_ago=300)
    found = flags_of(given.submitted(people))
    assert set(found) == {"W11"}
    assert "21 of 1,000" in found["W11"]


def test_a_carrier_as_consignee_is_p03(people):
    assert "Gulf Freight Line" in flags_of(given.submitted(people, consignee=people.carrier))["P03"]


def test_two_unregistered_brokers_of_a_third_country_at_one_address_are_four_flags(people):
    brokers = [register(name=name, kind=Party.COMPANY, country="PA", address="1 Canal Street", by=None) for name in ("Broker One", "Broker Two")]
    found = flags_of(given.submitted(people, intermediaries=brokers))
    assert set(found) == {"P04", "P05", "P07", "P10"}
    assert "Broker One (PA)" in found["P10"]


def test_certificate_dates_that_do_not_fit_are_d01(people):
    application = given.submitted(people, certificate=given.certificate(issued_on=given.some_day(500)))
    assert "more than a year before" in flags_of(application)["D01"]
    EndUseCertificate.objects.filter(application=application).update(expires_on=given.some_day(1))
    assert "expired" in flags_of(application)["D01"]


def test_the_same_number_of_another_issuer_is_d02(people):
    first = given.submitted(people, certificate=given.certificate("77"))
    second = given.submitted(people, certificate=given.certificate("77", issuer="Defence Ministry"))
    assert first.reference in flags_of(second)["D02"]


def test_a_certificate_that_bars_its_own_consignee_is_d05(people):
    certificate = given.certificate(barred_parties=[people.police])
    found = flags_of(given.submitted(people, consignee=people.police, certificate=certificate))
    assert found == {"D05": "The certificate itself bars Costa state police."}


def test_a_missing_assurance_is_d07(people):
    found = flags_of(given.submitted(people, certificate=given.certificate(consents_to_checks=False)))
    assert found == {"D07": "Not assured: consent to checks."}


def test_a_price_far_from_the_usual_is_m03(people):
    for _ in range(3):
        given.licensed(people)
    dear = actions.LineAsked("rifle_semi", "556nato", 100, 400_000, "colt", "M4")
    assert flags_of(given.submitted(people, lines=[dear]))["M03"] == "line 1: 4000.00 USD, usually 900.00 USD (3 earlier)"
    assert "M03" not in flags_of(given.submitted(people))


def test_an_earlier_denial_of_the_like_is_c04(people):
    denied = given.recommended(people, outcome="deny", reason_codes=["DV"])
    actions.decide(denied, by=people.countersigner)
    assert denied.reference in flags_of(given.submitted(people))["C04"]
    assert "C04" not in flags_of(given.submitted(people, end_user=people.police, consignee=people.police))


@pytest.mark.parametrize(("changes", "identical"), [
    ({}, True),
    ({"lines": [actions.LineAsked("rifle_semi", "556nato", 7, 90_000, "fn_herstal", "Scar")]}, True),
    ({"lines": [actions.LineAsked("rifle_semi", "762nato", 100, 90_000, "colt", "M4")]}, False),
    ({"lines": [actions.LineAsked("smg", "556nato", 100, 90_000, "colt", "M4")]}, False),
    ({"country": "GT"}, False),
])
def test_only_an_essentially_identical_transaction_is_c04(people, changes, identical):
    denied = given.recommended(people, outcome="deny", reason_codes=["DV"])
    actions.decide(denied, by=people.countersigner)
    assert ("C04" in flags_of(given.submitted(people, **changes))) is identical


def test_a_denial_counts_for_the_months_of_the_dated_rule_from_the_decision_that_denied(people, monkeypatch):
    denied = given.recommended(people, outcome="deny", reason_codes=["DV"])
    actions.decide(denied, by=people.countersigner)
    last = months_before(clock.today(), -36) - clock.today()
    with deliveries.later(last.days - 1):
        again = given.submitted(people)
        assert denied.reference in flags_of(again)["C04"]
    with deliveries.later(last.days):
        assert "C04" not in flags_of(again)
    monkeypatch.setattr(dated, "denials_count_for", lambda on: 60)
    with deliveries.later(last.days):
        assert "C04" in flags_of(again)


def test_a_denial_under_appeal_counts_until_the_appeal_is_decided(people):
    denied = given.recommended(people, outcome="deny", reason_codes=["DV"])
    actions.decide(denied, by=people.countersigner)
    actions.appeal(denied, grounds="The reports are about another force.", by=people.exporter)
    again = given.submitted(people)
    assert denied.reference in flags_of(again)["C04"]
    denied = Application.objects.get(pk=denied.pk)
    actions.assess(denied, criteria=given.answers(), flags=given.flag_answers(denied), summary="Little speaks against it.", by=people.officer2)
    given.confirmed(people, denied)
    actions.recommend(denied, outcome="approve", note="As assessed.", by=people.officer2)
    actions.decide(denied, by=user(Role.COUNTERSIGNER))
    assert "C04" not in flags_of(again)


def test_a_destination_that_is_not_the_end_users_country_is_c05(people):
    assert flags_of(given.submitted(people, country="GT"))["C05"] == "The destination is GT; the end user is of MX."


def test_the_assessment_keeps_the_record_as_its_officer_saw_it(people):
    post(people, RecordLine.LOST, lost=5)
    application = given.assessed(people)
    post(people, RecordLine.LOST, lost=50)
    assert application.assessments.get().record_seen["lost"]["figures"] == {"lost": 5}
