"""DOMAIN rule 10 in custody: what a viewer may not see it cannot count, search, export or infer."""

import pytest
from django.urls import reverse

from enduse import clock
from enduse.custody import queries
from enduse.custody.actions import move, report_loss
from enduse.custody.counting import Read, stocktake
from enduse.custody.lives import life_seen
from enduse.custody.models import CustodyEvent, Firearm
from enduse.refusals import Invalid, Refused
from tests import given as world
from tests.custody import given


@pytest.fixture
def resold(people):
    """A firearm that the army passed on to the police, who lost it."""
    (gun,) = given.army_stock(people, 1)
    move([gun], from_unit=people.army, to_unit=people.police, occurred_on=clock.today(), by=people.custodian)
    report_loss([gun], sort=CustodyEvent.STOLEN, unit=people.police, occurred_on=clock.today(), by=people.police_custodian)
    return gun


def test_who_passed_a_firearm_on_no_longer_sees_what_became_of_it(people, resold):
    seen = life_seen(resold, people.custodian)
    assert (seen.state, seen.holder, seen.left) == (queries.PASSED_ON, None, None)
    assert [moment.words for moment in seen.moments][-1] == "transferred to Costa state police"
    assert queries.firearms(people.custodian).get().state_seen == queries.PASSED_ON
    assert not queries.firearms(people.custodian, state="lost").exists()
    assert not queries.firearms(people.custodian, holder=people.police).exists()


def test_who_received_it_sees_what_became_of_it_but_not_where_it_was_before(people, resold):
    seen = life_seen(resold, people.police_custodian)
    assert seen.state == "lost"
    assert [moment.words for moment in seen.moments] == ["transferred to Costa state police", "stolen, Costa state police"]
    assert seen.licence is None


def test_an_officer_sees_the_whole_life(people, resold):
    seen = life_seen(resold, people.officer)
    assert len(seen.moments) == 5
    assert (seen.state, seen.holders, seen.left.sort) == ("lost", 3, CustodyEvent.STOLEN)
    assert seen.licence is not None


def test_a_maker_sees_its_firearms_up_to_their_delivery(people, resold):
    seen = life_seen(resold, people.exporter)
    assert [moment.words.split(" ")[0] for moment in seen.moments] == ["manufactured", "shipped", "received"]
    assert (seen.state, seen.holder) == (queries.PASSED_ON, None)
    assert not queries.firearms(people.exporter, state="lost").exists()


@pytest.mark.parametrize("role", ["applicant", "policy_officer", "analyst", "administrator"])
def test_others_see_no_firearm_at_all(client, people, resold, role):
    client.force_login(people.by_role()[role])
    for name, key in (("firearm", resold.pk), ("unit", people.army.pk), ("event", CustodyEvent.objects.first().pk)):
        assert client.get(reverse(f"custody:{name}", args=[key])).status_code == 403
    assert not Firearm.objects.visible_to(people.by_role()[role]).exists()


def test_what_is_outside_answers_like_what_does_not_exist(client, people, resold):
    other = given.army_stock(people, 1, start=70)[0]
    outside = [("firearm", other.pk), ("unit", people.army.pk), ("unit", people.zone.pk),
               ("event", CustodyEvent.objects.filter(lines__firearm=other).last().pk)]
    count = stocktake(people.army, [Read(other.serial)], taken_on=clock.today(), by=people.custodian)
    client.force_login(people.police_custodian)
    for name, key in [*outside, ("stocktake", count.pk)]:
        there, nowhere = client.get(reverse(f"custody:{name}", args=[key])), client.get(reverse(f"custody:{name}", args=[10**9]))
        assert (there.status_code, nowhere.status_code) == (404, 404), name


def test_a_maker_does_not_see_what_its_buyer_holds(client, people, resold):
    client.force_login(people.exporter)
    assert client.get(reverse("custody:unit", args=[people.army.pk])).status_code == 404


def test_a_custodian_acts_for_units_below_its_own_alone(people):
    firearms = given.issued(people, 2, to=people.zone2)
    below = world.user("custodian", people.zone)
    for act in (
        lambda: move(firearms, from_unit=people.zone2, to_unit=people.zone, occurred_on=clock.today(), by=below),
        lambda: report_loss(firearms, sort=CustodyEvent.LOST, unit=people.zone2, occurred_on=clock.today(), by=below),
        lambda: stocktake(people.zone2, [], taken_on=clock.today(), by=below),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.rule == 10


def test_naming_a_serial_that_another_end_user_holds_tells_nothing_of_it(client, people, resold):
    client.force_login(people.custodian)
    answers = [
        client.post(
            reverse("custody:move"), {"unit": people.army.pk, "to_unit": people.zone.pk, "serials": serial, "occurred_on": clock.today().isoformat()}
        )
        for serial in (resold.serial, "Q99999")
    ]
    texts = [answer.content.decode().replace(resold.serial, "Q99999") for answer in answers]
    assert [answer.status_code for answer in answers] == [422, 422]
    said = [text[text.index("The record has no firearm with this serial here"):][:200] for text in texts]
    assert said[0] == said[1]


def test_a_barred_region_does_not_receive_and_the_authority_is_told(people):
    from enduse.alerts.models import Alert
    from tests.deliveries import given as deliveries

    deliveries.delivered(people, deliveries.licence(people, 1, barred_regions=["Costa"]), deliveries.guns(1))
    with pytest.raises(Refused, match="bars Costa state police"):
        move(list(Firearm.objects.all()), from_unit=people.army, to_unit=people.police, occurred_on=clock.today(), by=people.custodian)
    assert Alert.objects.get(kind=Alert.TRANSFER).get_kind_display() == "transfer refused"
    assert not Alert.objects.filter(kind=Alert.BARRED).exists()  # nobody holds them there: it was refused


def test_what_is_counted_where_its_certificate_bars_it_is_told_and_what_may_be_there_is_not(people):
    from enduse.alerts.models import Alert
    from tests.deliveries import given as deliveries

    deliveries.delivered(people, deliveries.licence(people, 2, barred_regions=["Costa"]), deliveries.guns(2))
    deliveries.delivered(people, deliveries.licence(people, 1), deliveries.guns(1, start=50))
    first, free = Firearm.objects.order_by("serial")[0], Firearm.objects.get(serial="W000050")
    count = stocktake(people.police, [Read(first.serial), Read(free.serial)], taken_on=clock.today(), by=people.police_custodian)
    alert = Alert.objects.get(kind=Alert.BARRED)
    assert (alert.get_kind_display(), alert.link) == ("held where the certificate bars it", f"/custody/stocktakes/{count.pk}/")
    assert alert.because.startswith("Counted in Costa state police, which certificate")
    assert first.tail in alert.because
    assert free.tail not in alert.because


def test_two_firearms_with_one_serial_need_their_make(people):
    given.army_stock(people, 1)
    given.army_stock(people, 1, make="fn_herstal")
    with pytest.raises(Invalid, match="make"):
        stocktake(people.army, [Read("W000001", row=1)], taken_on=clock.today(), by=people.custodian)
    assert stocktake(people.army, [Read("W000001", "colt"), Read("W000001", "fn_herstal")], taken_on=clock.today(), by=people.custodian).missing == 0
