import pytest

from enduse.engines.evidence import estimate, what_would_narrow_it
from tests.engines.evidence.given import UNTIL, bundle, check, count, lot, units


def doubtful_and_counted():
    return estimate(bundle(units=units("COUNTED", "BIG", "SMALL"), lots=(lot("COUNTED", 3000), lot("BIG", 3000), lot("SMALL", 60)),
                           stocktakes=(count("COUNTED", 3000, 60, on=UNTIL),)), until=UNTIL)


def test_the_big_unit_that_nobody_counted_comes_first():
    ranked = what_would_narrow_it(doubtful_and_counted(), serials=200)
    assert ranked[0].unit_id == "BIG"
    assert ranked[0].shrink > 0.1
    assert {one.unit_id: one.serials for one in ranked}["SMALL"] == 60


def test_more_serials_narrow_more():
    found = doubtful_and_counted()
    few, many = (what_would_narrow_it(found, serials=n)[0] for n in (20, 1000))
    assert many.shrink > few.shrink > 0


def test_the_promise_is_kept_when_the_check_is_made():
    """The width that it expects is about the width that such checks then give."""
    lots, whole = (lot("A", 1000), lot("B", 100)), units("A", "B")
    before = estimate(bundle(units=whole, lots=lots), until=UNTIL)
    promised = {one.unit_id: one for one in what_would_narrow_it(before, serials=300)}["A"].width_expected
    widths = []
    for missing in before.missing[::400, 0]:
        seen = round(300 * int(missing) / 1000)
        after = estimate(bundle(units=whole, lots=lots, checks=(check("A", 1000, 300, seen, on=UNTIL),)), until=UNTIL).as_dict()["diverted"]
        widths.append(after["q975"] - after["q025"])
    assert promised == pytest.approx(sum(widths) / len(widths), rel=0.6)


def test_a_check_of_no_serial_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        what_would_narrow_it(doubtful_and_counted(), serials=0)
