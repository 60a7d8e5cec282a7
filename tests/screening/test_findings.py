"""What a comparison found, as an officer reads it."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from enduse.screening import list_errors
from enduse.screening.findings import in_words


def test_a_finding_of_names_says_which_words_agree_and_which_stand_on_one_side_alone():
    detail = ("['transportes'≈'transportes' symbolMatch [DOMAIN:TRANSPORT]: 1.00, weight 0.70] ['sierra' literalMatch: 1.00, weight 1.00] "
              "['azul'≈'azull' fuzzyMatch: 0.91, weight 1.00] ['sa' extraResultPart: 0.00, weight 0.14] ['norte' extraQueryPart: 0.00, weight 0.20]")
    assert in_words({"feature": "name_match", "detail": detail}) == (
        "the same: transportes, sierra; alike in spelling: azul ≈ azull; only the party: norte; only the entry: sa")


def test_a_name_with_an_apostrophe_is_read_whole():
    assert in_words({"feature": "name_match", "detail": '["o\'brien" literalMatch: 1.00, weight 1.00]'}) == "the same: o'brien"


def test_a_finding_of_addresses_says_what_each_side_adds():
    assert in_words({"feature": "address", "detail": "27 molinos quay~quai -unit +11420 +united kingdom"}) == (
        "the same: 27, molinos; alike in spelling: quay ≈ quai; only the party: unit; only the entry: 11420, united kingdom")


def test_what_is_in_no_known_form_stands_as_it_was_written():
    assert in_words({"feature": "identifier_match", "detail": "Matched INN: 7707083893"}) == "Matched INN: 7707083893"
    assert in_words({"feature": "name_match", "detail": ""}) == ""


def test_what_is_wrong_with_a_list_file_is_said_in_the_readers_language_with_what_it_names():
    with translation.override("es"):
        assert list_errors.in_words("The XML is not whole (no element found: line 1, column 78).") == (
            "El XML no está completo (no element found: line 1, column 78).")
        assert list_errors.in_words("line 1, column 79") == "línea 1, columna 79"
        assert list_errors.in_words("A sentence of a new format.") == "A sentence of a new format."
    assert list_errors.in_words("The row has 3 columns; the list has 12.") == "The row has 3 columns; the list has 12."


def test_a_truncated_list_is_refused_in_spanish_on_a_spanish_page(people):
    client = Client()
    client.force_login(people.officer)
    client.cookies["django_language"] = "es"
    file = SimpleUploadedFile("un.xml", b'<?xml version="1.0"?><CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><FIRST_NAME>A')
    page = client.post("/licensing/lists/load/", {"file": file, "format": "un-xml"}).content.decode()
    assert "El XML no está completo" in page
    assert "Obtenga de nuevo la lista de su editor" in page
