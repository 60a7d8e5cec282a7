import json
from datetime import date

import numpy as np
import pytest

from enduse.engines.evidence import Desertions, EvidenceError, Seizures, estimate
from enduse.engines.evidence.worlds import MECHANISMS, draw_world
from tests.engines.evidence.given import UNTIL, bundle, check, count, loss, lot, units


def quantiles(found):
    return found.as_dict()["diverted"]


def test_a_full_count_on_the_day_leaves_next_to_no_doubt():
    found = estimate(bundle(units=units("A"), lots=(lot("A", 1000),), stocktakes=(count("A", 1000, 40, on=UNTIL),)), until=UNTIL)
    q = quantiles(found)
    assert 37 <= q["q025"] <= q["q975"] <= 41


def test_a_random_check_is_read_as_a_sample_without_replacement():
    tables = {"units": units("A"), "lots": (lot("A", 100),)}
    all_but_one = quantiles(estimate(bundle(**tables, checks=(check("A", 100, 99, 10, on=UNTIL),)), until=UNTIL))
    few = quantiles(estimate(bundle(**tables, checks=(check("A", 100, 20, 2, on=UNTIL),)), until=UNTIL))
    assert 10 <= all_but_one["q025"] <= all_but_one["q975"] <= 11
    assert few["q025"] >= 2
    assert few["q975"] - few["q025"] > 5


def test_reported_losses_are_a_floor():
    found = estimate(bundle(units=units("A", "B"), lots=(lot("A", 500), lot("B", 500)), losses=(loss("A", 70),)), until=UNTIL)
    assert found.missing[:, 0].min() >= 70
    assert found.as_dict()["by_unit"]["A"]["known_lost"] == 70


def test_what_a_holder_admits_is_a_floor_but_its_full_shelves_are_no_proof():
    lots, whole = (lot("A", 500), lot("B", 500)), units("A", "B")
    admitted = estimate(bundle(units=whole, lots=lots, stocktakes=(count("A", 500, 30, self_reported=True),)), until=UNTIL)
    spotless = estimate(bundle(units=whole, lots=lots, stocktakes=(count("A", 500, 0, self_reported=True),)), until=UNTIL)
    nothing = estimate(bundle(units=whole, lots=lots), until=UNTIL)
    assert admitted.missing[:, 0].min() >= 30
    assert quantiles(spotless) == quantiles(nothing)


def test_checks_aimed_by_risk_change_nothing_and_are_listed_with_the_reason():
    tables = {"units": units("A", "B"), "lots": (lot("A", 500), lot("B", 500))}
    aimed = estimate(bundle(**tables, checks=(check("A", 500, 50, 25, selection="risk"),)), until=UNTIL)
    assert quantiles(aimed) == quantiles(estimate(bundle(**tables), until=UNTIL))
    assert [(e["code"], e["rows"]) for e in aimed.as_dict()["evidence_not_used"]] == [("risk_checks", 1)]


def test_a_unit_that_nobody_sampled_borrows_from_those_that_were():
    names = [f"U{i}" for i in range(12)]
    lots = tuple(lot(name, 400) for name in names)

    def last_unit(missing):
        counts = tuple(count(name, 400, missing, on=UNTIL) for name in names[:-1])
        return estimate(bundle(units=units(*names), lots=lots, stocktakes=counts), until=UNTIL)
    low, high = last_unit(4), last_unit(80)
    place = low.unit_ids.index("U11")
    assert low.missing[:, place].mean() < 20 < 50 < high.missing[:, place].mean()
    assert low.never_sampled == pytest.approx(1 / 12)
    assert any(w["code"] == "never_sampled" and "8%" in w["words"] for w in low.as_dict()["warnings"])


def test_what_happened_after_the_day_is_not_known_on_the_day():
    tables = {"units": units("A"), "lots": (lot("A", 500),)}
    later = bundle(**tables, stocktakes=(count("A", 500, 200, on=date(2012, 3, 1)),), losses=(loss("A", 90, on=date(2012, 1, 5)),))
    assert quantiles(estimate(later, until=UNTIL)) == quantiles(estimate(bundle(**tables), until=UNTIL))


def test_a_later_full_count_that_finds_more_guns_corrects_the_earlier_one():
    counts = (count("A", 500, 60, on=date(2010, 1, 1)), count("A", 500, 10, on=UNTIL))
    found = estimate(bundle(units=units("A"), lots=(lot("A", 500),), stocktakes=counts), until=UNTIL)
    assert quantiles(found)["q975"] <= 11
    assert any("the later one was taken" in w["words"] for w in found.warnings())


def test_the_same_seed_gives_the_same_estimate_and_another_a_close_one():
    world = draw_world("raids", 5, units=20, years=4, guns=6000)
    first, again, other = (estimate(world.bundle, until=world.until, seed=s) for s in (1, 1, 2))
    assert json.dumps(first.as_dict()) == json.dumps(again.as_dict())
    assert quantiles(other)["mean"] == pytest.approx(quantiles(first)["mean"], rel=0.1)
    assert quantiles(other) != quantiles(first)


def test_nothing_leaves_before_it_is_delivered_and_no_more_than_was_delivered():
    world = draw_world("late_surge", 4, units=10, years=3, guns=3000)
    found = estimate(world.bundle, until=world.until)
    delivered = np.array([unit.delivered for unit in found.known.units])
    assert (found.missing >= 0).all()
    assert (found.missing <= delivered).all()


def test_channels_add_up_to_the_whole_and_hold_what_was_reported():
    found = estimate(bundle(units=units("A"), lots=(lot("A", 1000),), losses=(loss("A", 50), loss("A", 10, cause="desertion")),
                            stocktakes=(count("A", 1000, 200, on=UNTIL),)), until=UNTIL)
    np.testing.assert_allclose(found.by_channel.sum(axis=1), found.diverted)
    told = found.as_dict()["by_channel"]
    assert list(told) == ["desertion", "theft", "unauthorised_sale", "unaccounted"]
    assert told["theft"]["q025"] >= 50
    assert told["unauthorised_sale"]["q975"] - told["unauthorised_sale"]["q025"] > 30


def test_months_never_fall_end_at_the_total_and_say_what_times_them():
    tables = {"units": units("A"), "lots": (lot("A", 1000),), "losses": (loss("A", 50, on=date(2009, 3, 3)),)}
    found = estimate(bundle(**tables, personnel=(Desertions("A", "2010-05", 40),)), until=UNTIL)
    assert (np.diff(found.by_month, axis=1) >= 0).all()
    np.testing.assert_allclose(found.by_month[:, -1], found.diverted)
    basis = {row["month"]: row["basis"] for row in found.as_dict()["by_month"]}
    assert basis["2009-03"] == "reports"
    assert basis["2010-05"] == "desertions"
    assert basis["2011-08"] == "exposure"
    jump = {name: found.by_month[:, m].mean() - found.by_month[:, m - 1].mean() for m, name in enumerate(found.months) if m}
    assert jump["2009-03"] > 5 * jump["2009-04"]


def test_the_ratios_that_the_field_quotes_stand_beside_with_their_denominators():
    tables = {"units": units("A"), "lots": (lot("A", 1000),), "losses": (loss("A", 25),)}
    checks = (check("A", 1000, 20, 5, selection="risk", outcome="unfavourable"), check("A", 1000, 20, 0, on=date(2011, 1, 1)))
    seizures = (Seizures("2011-05", 500, 100, 50, 2),)
    told = {r["code"]: r for r in estimate(bundle(**tables, checks=checks, seizures=seizures), until=UNTIL).as_dict()["naive"]}
    assert (told["checks_unfavourable"]["numerator"], told["checks_unfavourable"]["denominator"]) == (1, 2)
    assert (told["reported_of_delivered"]["numerator"], told["reported_of_delivered"]["denominator"]) == (25, 1000)
    assert (told["lots_of_traced"]["value"], told["lots_of_traced"]["denominator"]) == (0.04, 50)
    assert all(r["bias"] and r["bias_code"] for r in told.values())


def test_seizures_give_bounds_on_what_came_from_these_lots():
    seizures = (Seizures("2011-05", 500, 100, 50, 2), Seizures("2012-05", 900, 900, 900, 900))
    told = estimate(bundle(units=units("A"), lots=(lot("A", 9),), seizures=seizures), until=UNTIL).as_dict()["seized_from_lots"]
    assert (told["lower"], told["upper"], told["as_of"]) == (2 / 500, 452 / 500, "2011-12-31")


def test_the_estimate_is_json_with_every_part_that_the_format_names():
    world = draw_world("steady", 2, units=6, years=3, guns=1500)
    told = json.loads(json.dumps(estimate(world.bundle, until=world.until).as_dict()))
    assert {"delivered", "diverted", "share", "by_channel", "by_unit", "by_month", "evidence_used", "warnings", "diagnostics"} <= set(told)
    assert list(told["diverted"]) == ["mean", "q025", "q10", "q25", "q50", "q75", "q90", "q975"]
    assert told["delivered"] == world.delivered
    assert told["share"]["mean"] == pytest.approx(told["diverted"]["mean"] / world.delivered)


def test_without_a_delivery_it_says_what_to_do():
    with pytest.raises(EvidenceError, match=r"No firearm was delivered by 2007-01-01\. Add lots\.csv"):
        estimate(bundle(units=units("A"), lots=(lot("A", 9),)), until=date(2007, 1, 1))


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_on_a_world_it_was_not_told_of_it_beats_every_ratio_of_the_field(mechanism):
    world = draw_world(mechanism, 17)
    found = estimate(world.bundle, until=world.until)
    ours = abs(found.diverted.mean() - world.diverted)
    others = [abs((ratio.value or 0) * world.delivered - world.diverted) for ratio in found.ratios]
    assert ours < min(others) / 2
