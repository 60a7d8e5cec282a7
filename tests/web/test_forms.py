"""How a form of Django is shown: labels, help, errors, refusals, files."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from enduse.pages import attempt
from enduse.refusals import Invalid, Problem, Refused
from tests.web.gallery import SampleForm

pytestmark = pytest.mark.django_db


def form_page(form: SampleForm) -> str:
    request = RequestFactory().get("/")
    return " ".join(render_to_string("components/form.html", {"form": form, "submit": "Send"}, request=request).split())


def refused_by(refusal: Exception) -> str:
    def action():
        raise refusal

    form = SampleForm({"reference": "A", "quantity": "1", "issued_on": "2009-05-14", "outcome": "a", "unit": "1"})
    assert form.is_valid()
    assert attempt(RequestFactory().post("/"), form, action) is None
    return form_page(form)


def test_every_field_has_a_label_and_its_help_is_tied_to_it():
    html = form_page(SampleForm())
    assert '<label for="id_reference">Reference' in html
    assert 'aria-describedby="id_reference_helptext"' in html
    assert 'id="id_reference_helptext"' in html


def test_a_date_is_asked_for_with_a_date_picker_and_keeps_its_value():
    html = form_page(SampleForm(initial={"issued_on": "2009-05-14"}))
    assert '<input type="date" name="issued_on" value="2009-05-14"' in html


def test_choices_stand_in_a_group_with_a_legend():
    html = form_page(SampleForm())
    assert "<legend>Outcome" in html
    assert html.count('type="radio"') == 3


def test_a_form_with_a_file_is_sent_whole():
    assert 'enctype="multipart/form-data"' in form_page(SampleForm())


def test_what_may_be_left_out_says_so():
    assert 'Note <span class="optional">(optional)</span>' in form_page(SampleForm())


def test_a_wrong_field_is_named_on_top_with_a_link_to_it_and_beside_it():
    html = form_page(SampleForm({"reference": "", "quantity": "0"}))
    assert '<a href="#id_reference">Reference</a>: This field is required.' in html
    assert html.count("This field is required.") >= 4
    assert 'role="alert"' in html


def test_a_refusal_shows_its_rule_its_reason_and_what_to_do():
    html = refused_by(Refused("The licence permits 40 more.", "Take 20 off.", rule=1))
    assert "The licence permits 40 more." in html
    assert "Take 20 off." in html
    assert 'href="/rules/#rule-1"' in html


def test_a_bad_file_lists_row_field_reason_and_remedy():
    html = refused_by(Invalid([Problem("There is no such calibre.", "Choose from the list.", row=21, field="calibre", found="5.57")]))
    for part in ("21", "calibre", "5.57", "There is no such calibre.", "Choose from the list."):
        assert part in html
