"""Charts say in words and in a table what they draw, and draw within their frame."""

import re
from datetime import date
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from enduse.web import charts

MONTHS = [{"x": date(2006 + n // 12, n % 12 + 1, 1), "y": 10 * n, "low": 8 * n, "high": 13 * n} for n in range(30)]
ROWS = [
    {"label": "Stocktakes", "value": 0.2, "low": 0.1, "high": 0.4, "of": 300},
    {"label": "Nothing", "value": 0.0, "low": 0.0, "high": 0.0, "of": 300},
]


def drawn(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_a_line_with_its_fan_comes_with_a_table_of_every_point():
    html = drawn('{% chart_line points title="Left" source="Register" of_what="of 300 delivered" %}', points=MONTHS)
    assert html.count("<tr>") == 1 + len(MONTHS)
    assert "1 Jun 2008" in html
    assert "232 to 377" in html
    assert "of 300 delivered" in html
    assert "Source: Register" in " ".join(html.split())


def test_a_chart_tells_a_screen_reader_its_name_and_its_last_value():
    html = drawn('{% chart_line points title="Left" source="Register" %}', points=MONTHS)
    assert 'aria-label="Left. 1 Jun 2008: 290 (232 to 377)"' in html


def test_two_series_have_a_legend_and_share_their_axes():
    series = [{"label": "Do nothing", "points": MONTHS}, {"label": "Count", "points": MONTHS[:10]}]
    html = drawn('{% chart_line series title="Left" source="Register" %}', series=series)
    assert html.count('class="line s') == 2
    assert 'class="legend"' in html


def test_rows_may_be_objects_as_well_as_mappings():
    chart = charts.row_chart([SimpleNamespace(label="A", value=3, low=1, high=5)])
    assert chart is not None
    assert chart.rows[0].range_written == "1 to 5"


def test_a_dot_has_its_interval_written_beside_it_and_in_the_table():
    html = drawn('{% chart_intervals rows title="Kept" source="Lab" kind="share" %}', rows=ROWS)
    assert 'aria-label="Stocktakes: 20% (10% to 40%)"' in html
    assert html.count("10% to 40%") >= 3


def test_no_data_is_said_and_not_drawn():
    for tag in ("chart_line", "chart_intervals", "chart_bars"):
        html = drawn("{% " + tag + ' rows title="Left" source="Register" %}', rows=[])
        assert "Nothing to draw yet." in html
        assert "<svg" not in html


def test_no_chart_carries_a_style_or_a_script_that_the_policy_forbids():
    html = drawn(
        '{% chart_line p title="a" source="s" %}{% chart_bars r title="a" source="s" %}{% chart_intervals r title="a" source="s" reference=0.1 %}',
        p=MONTHS,
        r=ROWS,
    )
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", html)


def test_a_label_with_markup_is_written_as_text():
    html = drawn('{% chart_bars rows title=t source="s" %}', rows=[{"label": "<b>x", "value": 1}], t="<i>")
    assert "<b>x" not in html
    assert "<i>" not in html


def test_a_loss_in_a_life_is_marked_and_its_recorder_is_named():
    html = drawn(
        "{% life events %}", events=[{"words": "deserted with", "on": date(2008, 3, 1), "until": date(2008, 3, 31), "who": "7th zone", "tone": "bad"}]
    )
    assert "life-bad" in html
    assert "Mar 2008" in html
    assert "said by 7th zone" in html


numbers = st.floats(-1e9, 1e9, allow_nan=False)


@given(numbers, numbers)
def test_ticks_are_round_evenly_spaced_and_cover_what_is_drawn(one, other):
    low, high = min(one, other), max(one, other)
    ticks = charts.nice_ticks(low, high)
    slack = (high - low) * 1e-6 + 1e-9
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack
    assert 2 <= len(ticks) <= 8


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=12))
def test_every_mark_lies_within_its_frame(pairs):
    rows = [{"label": str(place), "value": (a + b) / 2, "low": min(a, b), "high": max(a, b)} for place, (a, b) in enumerate(pairs)]
    chart = charts.row_chart(rows)
    assert chart is not None
    for row in chart.rows:
        assert 0 <= row.low <= row.at <= row.high <= 100.001
    points = [{"x": place, "y": row["value"], "low": row["low"], "high": row["high"]} for place, row in enumerate(rows)]
    line = charts.line_chart(points)
    assert line is not None
    places = [float(n) for n in re.findall(r"-?[\d.]+", line.series[0].line + " " + line.series[0].band)]
    assert all(-0.1 <= place <= 1000.1 for place in places)


@pytest.mark.parametrize("values", [[], [3], [2, 2, 2], [1, 5, 2]])
def test_a_sparkline_is_well_formed_whatever_the_values(values):
    svg = drawn('{% sparkline values label="Recoveries a month" %}', values=values)
    assert ElementTree.fromstring(svg.strip()).attrib["aria-label"] == "Recoveries a month"
