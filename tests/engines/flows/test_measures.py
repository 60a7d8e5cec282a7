import json

import numpy as np
import pytest

from enduse.engines.flows import (
    Authority,
    Holding,
    Kind,
    Measure,
    MeasureError,
    Pipeline,
    Policy,
    Response,
    Responses,
    Scope,
    World,
    WorldError,
    simulate,
)
from tests.engines.flows.given import EVERY_KIND, NOBODY_ANSWERS, pipeline, policy, world


def mean_averted(found, name):
    return float(found.averted(name).mean())


def test_a_locked_armoury_cuts_desertion_and_theft_and_leaves_sales_alone():
    found = simulate(world(), [policy("locked", Kind.LOCKED_ARMOURY, carry_off_kept=0.0, theft_kept=0.5)], months=24, futures=1500,
                     responses=NOBODY_ANSWERS)
    base, locked = (found.diverted[:, p].sum(axis=(0, 1)) for p in (0, 1))
    assert locked[0] < 0.06 * base[0], "all but the futures in which the statute is repealed"
    assert locked[1] / base[1] == pytest.approx(0.52, rel=0.06)
    assert locked[2] / base[2] == pytest.approx(1.0, rel=0.05)


def test_counts_deter_only_as_far_as_deterrence_is_switched_on():
    counts = [policy("counts", Kind.STOCKTAKES, every_months=2)]
    without = simulate(world(), counts, months=24, futures=300, responses=NOBODY_ANSWERS)
    some = Responses(*(Response(0, 0, on=False),) * 3, Response(1, 1), Response(0, 0, on=False))
    much = Responses(*(Response(0, 0, on=False),) * 3, Response(4, 4), Response(0, 0, on=False))
    assert mean_averted(without, "counts") == 0
    averted = [mean_averted(simulate(world(), counts, months=24, futures=300, responses=r), "counts") for r in (some, much)]
    assert 0 < averted[0] < averted[1]


def test_a_measure_touches_only_what_is_in_its_scope():
    """The ban is on U0: guns are averted only there, and a scope of another country averts none."""
    there = world(pipelines=(pipeline(units=("U0",)),))
    elsewhere = policy("elsewhere", Kind.LOCKED_ARMOURY, scope=Scope(countries=("XX",)))
    half = policy("half", Kind.LOCKED_ARMOURY, scope=Scope(end_user_ids=("E0",)))
    whole = policy("whole", Kind.LOCKED_ARMOURY)
    found = simulate(there, [elsewhere, half, whole], months=24, futures=800, responses=NOBODY_ANSWERS)
    assert (found.averted("elsewhere") == 0).all()
    assert 0.4 < mean_averted(found, "half") / mean_averted(found, "whole") < 0.75


def test_a_cap_lets_through_no_more_than_it_says_in_each_year():
    found = simulate(world(pipelines=(pipeline(a_month=4.0),)), [policy("cap", Kind.CAP, guns_per_year=120)], months=24, futures=300,
                     responses=NOBODY_ANSWERS)
    kept_to = found.count("delivered", "cap") == 240
    assert kept_to.mean() > 0.9
    assert (found.forgone("cap") > 500).mean() > 0.9


def test_an_order_is_lifted_early_more_often_than_a_statute():
    bans = [policy("order", Kind.MORATORIUM, authority=Authority.EXECUTIVE_ORDER), policy("statute", Kind.MORATORIUM)]
    found = simulate(world(pipelines=(pipeline(),)), bans, months=60, futures=1000, responses=NOBODY_ANSWERS)
    delivered = [found.count("delivered", name).mean() for name in ("order", "statute")]
    assert delivered[0] > 2 * delivered[1]


def test_a_tranche_stops_the_rest_where_guns_are_already_missing():
    slow, fast = (simulate(world(hazard=h, desertions=0.0, pipelines=(pipeline(),)), [policy("tranche", Kind.TRANCHE)], months=36,
                           futures=300, responses=NOBODY_ANSWERS) for h in (1e-6, 0.02))
    share = [f.count("stopped", "tranche").sum() / f.count("delivered", "do nothing").sum() for f in (slow, fast)]
    assert share[0] < 0.01
    assert share[1] > 0.5
    assert fast.count("checks", "tranche").sum() > 0


def test_what_others_make_good_is_held_and_lost_as_well():
    all_of_it = Responses(Response(1, 1), *(Response(0, 0, on=False),) * 4)
    found = simulate(world(pipelines=(pipeline(),)), [policy("moratorium", Kind.MORATORIUM)], months=24, futures=200,
                     responses=all_of_it)
    assert (found.total("moratorium") == found.total("do nothing")).all()
    assert (found.count("substituted", "moratorium") + found.count("delivered", "moratorium")
            == found.count("delivered", "do nothing")).all()


def test_averted_guns_are_replaced_by_straw_purchase_as_far_as_demand_and_elasticity_say():
    def replaced(elasticity, demand=float("inf")):
        answers = Responses(Response(0, 0), Response(elasticity, elasticity), Response(0, 0), Response(0, 0), Response(0, 0))
        found = simulate(world(demand=demand), [policy("locked", Kind.LOCKED_ARMOURY)], months=24, futures=1000, responses=answers)
        return found.displaced("locked").sum() / found.averted("locked").sum()

    assert replaced(0.0) == 0
    assert replaced(0.5) == pytest.approx(0.5, rel=0.1)
    assert replaced(0.5, demand=1.0) < 0.25


def test_a_missing_supply_drives_theft_up():
    answers = Responses(Response(0, 0), Response(0, 0), Response(2, 2), Response(0, 0), Response(0, 0))
    locked = policy("locked", Kind.LOCKED_ARMOURY, carry_off_kept=0.0, theft_kept=1.0)
    found = simulate(world(desertions=0.2), [locked], months=24, futures=800, responses=answers)
    theft = found.diverted[:, :, :, 1].sum(axis=(0, 2))
    assert theft[1] > 1.3 * theft[0]


def test_counts_and_staff_days_follow_from_the_units_and_their_guns():
    found = simulate(world(units=4, held=400), [policy("counts", Kind.STOCKTAKES, every_months=6)], months=24, futures=50)
    in_force = found.count("counts", "counts") == 4 * 4
    assert in_force.mean() > 0.8
    assert set(found.staff_days("counts")[in_force]) == {16 * 1.0 + 16 * 400 / 200}
    assert (found.staff_days("do nothing") == 0).all()


def test_the_chances_of_being_best_sum_to_one_and_beating_is_two_sided():
    found = simulate(world(pipelines=(pipeline(),)), EVERY_KIND, months=24, futures=200)
    assert sum(found.best().values()) == pytest.approx(1.0)
    assert found.beats("locked", "cap") + found.beats("cap", "locked") == pytest.approx(1.0)
    assert found.beats("locked", "do nothing") > 0.9


def test_the_outcome_is_json_with_intervals_by_month_and_channel():
    told = json.loads(json.dumps(simulate(world(), [policy("locked", Kind.LOCKED_ARMOURY)], months=6, futures=50).as_dict()))
    mine = told["policies"]["locked"]
    assert len(mine["by_month"]) == 6
    assert set(mine["by_channel"]) == {"desertion", "theft", "unauthorised_sale", "unaccounted"}
    assert mine["averted"]["q025"] <= mine["averted"]["q50"] <= mine["averted"]["q975"]
    assert told["beats"]["locked"]["do nothing"] >= 0.5


def test_a_world_drawn_from_an_estimate_carries_its_uncertainty():
    from enduse.engines import evidence
    from tests.engines.evidence.given import UNTIL, bundle, count, lot, units

    lots, whole = (lot("A", 2000), lot("B", 500, kind="pistol")), units("A", "B")
    sure = evidence.estimate(evidence.Bundle(whole, lots, stocktakes=(count("A", 2000, 100, on=UNTIL), count("B", 500, 25, on=UNTIL))),
                             until=UNTIL)
    unsure = evidence.estimate(bundle(units=whole, lots=lots), until=UNTIL)
    wide, narrow = (simulate(World.from_estimate(e), [], months=24, futures=800).total("do nothing") for e in (unsure, sure))
    assert wide.std() / wide.mean() > 2 * narrow.std() / narrow.mean()
    start = simulate(World.from_estimate(sure), [], months=1, futures=50).held_at_start
    assert start.mean() == pytest.approx(2375, abs=5)
    assert {h.firearm_type for h in World.from_estimate(sure).holdings} == {"rifle", "pistol"}


@pytest.mark.parametrize(("make", "field"), [
    (lambda: Measure(Kind.CAP, parameters={"guns": 3}), "guns"),
    (lambda: Measure(Kind.STOCKTAKES, parameters={"every_months": 0}), "every_months"),
    (lambda: Measure(Kind.MORATORIUM, start=5, end=3), "end"),
    (lambda: Measure(Kind.BAN_ON_UNIT), "scope"),
    (lambda: simulate(world(), [Policy("x"), Policy("x", (Measure(Kind.MORATORIUM),))], months=2), "name"),
])
def test_a_measure_that_makes_no_sense_is_refused_with_its_field(make, field):
    with pytest.raises(MeasureError) as refused:
        make()
    assert refused.value.field == field
    assert refused.value.remedy


@pytest.mark.parametrize(("change", "field"), [
    ({"hazards": np.zeros((2, 1, 3))}, "hazards"), ({"hazards": np.full((2, 1, 4), -1.0)}, "hazards"),
    ({"seizure": np.zeros(3)}, "seizure"), ({"carry_off": np.array([np.nan, 0])}, "carry_off"),
    ({"illicit_demand": -1.0}, "illicit_demand"), ({"held_draws": np.zeros((2, 2), dtype=int)}, "held_draws"),
    ({"pipelines": (Pipeline("E", "rifle", 1, 0.5, 1, 10, (("Z", 1.0),)),)}, "pipelines[0]"),
    ({"pipelines": (Pipeline("E", "rifle", 1, 0.5, 1, 10, (("U", 0.4),)),)}, "pipelines[0]"),
])
def test_a_world_that_cannot_be_is_refused_with_its_field(change, field):
    parts = {"holdings": (Holding("U", "E", "rifle", 5),), "hazards": np.zeros((2, 1, 4)), "carry_off": np.zeros(2),
             "desertions": np.zeros(1), "seizure": np.zeros(2)}
    with pytest.raises(WorldError) as refused:
        World(**(parts | change))
    assert refused.value.field == field
