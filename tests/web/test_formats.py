"""How numbers, shares, intervals and dates read, in both languages."""

from datetime import date

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from enduse import formats


def shown(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_a_large_number_has_its_thousands_parted():
    assert shown("{{ n|number }}", n=42310) == "42,310"


def test_a_number_nobody_knows_is_a_dash_and_never_a_zero():
    assert shown("{{ n|number }} {{ n|share }}", n=None) == "– –"


@pytest.mark.parametrize(("value", "written"), [(0.81, "81%"), (0.025, "2.5%"), (0.006, "0.60%"), (0.0, "0%"), (1.0, "100%"), (0.02, "2%")])
def test_a_share_keeps_the_decimals_that_tell_it_from_nothing(value, written):
    assert formats.share(value) == written


def test_an_interval_names_both_its_ends():
    assert shown("{% interval 3900 5600 %}") == "3,900 to 5,600"
    assert shown("{% interval 0.061 0.113 as_share=True %}") == "6% to 11%"


def test_spanish_reads_as_in_mexico():
    with translation.override("es"):
        assert formats.number(42310) == "42,310"
        assert formats.day(date(2009, 5, 14)) == "14 may 2009"


@pytest.mark.parametrize(
    ("start", "until", "written"),
    [
        (date(2009, 5, 14), None, "14 May 2009"),
        (date(2009, 5, 1), date(2009, 5, 31), "May 2009"),
        (date(2009, 1, 1), date(2009, 12, 31), "2009"),
        (date(2008, 1, 1), date(2009, 12, 31), "2008–2009"),
        (date(2009, 5, 3), date(2009, 6, 9), "between 3 May 2009 and 9 Jun 2009"),
        (None, None, "date not known"),
    ],
)
def test_a_date_known_only_roughly_is_written_as_roughly_as_it_is_known(start, until, written):
    assert formats.days_between(start, until) == written


def test_a_serial_with_a_hostile_text_is_shown_as_text():
    assert "<script>" not in shown("{{ s|serial }}", s="<script>1")


def test_a_figure_shows_its_denominator_its_interval_and_its_source():
    html = shown(
        """{% figure 4700 of=42310 of_what="guns delivered" label="Left" low=3900 high=5600 source="Register" as_of=day %}""", day=date(2011, 12, 31)
    )
    for part in ("4,700", "of 42,310 guns delivered", "3,900 to 5,600", "(95%)", "Register", "as known on 31 Dec 2011"):
        assert part in " ".join(html.split())


def test_a_figure_given_as_a_share_shows_the_two_numbers_it_is_made_of():
    html = shown("""{% figure 4700 of=42310 of_what="guns delivered" label="Left" source="Register" as_share=True %}""")
    assert "11%" in html
    assert "4,700 of 42,310" in html


@pytest.mark.parametrize("missing", ['{% figure 1 label="Lost" source="" of=2 %}', '{% figure 1 label="Lost" source="Register" %}'])
def test_a_figure_without_source_or_denominator_cannot_be_shown(missing):
    with pytest.raises((ValueError, TemplateSyntaxError), match="rule 8"):
        shown(missing)


def test_a_figure_that_is_not_known_says_so():
    assert "not known" in shown("""{% figure n of_what="guns resold" label="Held by police" source="Register" %}""", n=None)


def test_a_known_state_has_its_words_and_its_tone():
    assert shown('{% pill "on_hold" %}') == '<span class="pill pill-warn">on hold</span>'
    assert shown('{% pill "something_new" %}') == '<span class="pill pill-quiet">something new</span>'
