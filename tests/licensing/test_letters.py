"""Papers that leave the house: the licence with its code, the letter of a decision, the notice; in both languages."""

from __future__ import annotations

import re
import zlib

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from enduse.accounts.permissions import Role
from enduse.licensing import actions, letters
from enduse.licensing.models import Application
from enduse.licensing.queries import verification_code
from tests import given as base
from tests.licensing import given

pytest.importorskip("reportlab", reason="make setup")
pytestmark = pytest.mark.skipif(finders.find("vendor/DejaVuSans.ttf") is None, reason="the fonts come with make setup")


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def written(monkeypatch):
    """What each paper sets, in order: the words themselves, before they become glyphs of a font."""
    said: list[str] = []
    plain = letters.Paper._text

    def remembered(self, text, style):
        said.append(text)
        return plain(self, text, style)

    monkeypatch.setattr(letters.Paper, "_text", remembered)
    return said


@pytest.mark.parametrize(("language", "words"), [("en", ["Licence L-", "What it permits", "Check this licence"]),
                                                 ("es", ["Licencia L-", "Lo que permite", "Verificar esta licencia"])])
def test_the_licence_bears_its_lines_its_code_and_where_anybody_checks_it(people, written, language, words):
    licence = given.licensed(people, conditions=[{"code": "STOCKTAKE", "parameters": {"months": 12}}])
    answer = at(people.exporter).get(f"/licensing/licences/{licence.reference}/paper/", {"language": language})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    text = "\n".join(written)
    for word in [*words, verification_code(licence), "100", f"/licensing/verify/?reference={licence.reference}&code={verification_code(licence)}"]:
        assert word in text, word
    address = re.search(r"http\S+verify/\S+", text)[0]
    assert "Valid today" in Client().get(address.removeprefix("http://testserver")).content.decode()


def test_the_same_licence_printed_twice_is_the_same_file(people):
    licence = given.licensed(people)
    first, second = (letters.licence_paper(licence, language="es", check_at="https://x/") for _each in range(2))
    assert first == second


def test_a_name_in_another_alphabet_is_in_the_paper(people):
    """Cyrillic and Greek have glyphs in the packaged font: the paper maps them, not boxes."""
    paper = letters.Paper("Завод · Εργοστάσιο · Fábrica")
    made = paper.pdf()
    streams = [zlib.decompress(part) for part in re.findall(rb"stream\r?\n(.*?)endstream", made, re.DOTALL) if part[:1] == b"\x78"]
    assert any(b"beginbfchar" in stream or b"beginbfrange" in stream for stream in streams) or b"ToUnicode" in made


def test_a_refusal_tells_its_reasons_by_criterion_and_until_when_to_appeal(people, written):
    application = given.recommended(people, outcome="deny", reason_codes=["DS", "PV"])
    decision = actions.decide(application, by=people.countersigner)
    answer = at(people.exporter).get(f"/licensing/applications/{application.reference}/letter/")
    assert answer.content.startswith(b"%PDF-")
    text = "\n".join(written)
    assert "The end user cannot keep the firearms safe (criterion 11.2)" in text
    assert "You may appeal until" in text
    assert decision.application.purpose in text
    page = at(people.exporter).get(f"/licensing/applications/{application.reference}/").content.decode()
    assert "criterion 11.2" in page
    assert "You may appeal until" in page
    assert "pill-good" not in page  # how the assessment answered is for officers
    assert "pill-good" in at(people.officer).get(f"/licensing/applications/{application.reference}/").content.decode()


def test_what_is_not_decided_has_no_letter(people):
    application = given.submitted(people)
    assert at(people.exporter).get(f"/licensing/applications/{application.reference}/letter/").status_code == 302
    answer = at(people.exporter).get(f"/api/licensing/applications/{application.reference}/letter")
    assert (answer.status_code, "is not decided" in answer.json()["refused"]["reason"]) == (409, True)


def test_the_letter_to_the_legislature_names_value_and_rule_and_is_not_the_applicants(people, written):
    application = given.notified(people, base.user(Role.COUNTERSIGNER))
    address = f"/licensing/applications/{application.reference}/notice-letter/"
    assert at(people.officer).get(address).content.startswith(b"%PDF-")
    assert "1,800,000" in written
    assert any("30 days before the licence" in text for text in written)
    assert at(people.exporter).get(address).status_code == 403
    assert Application.objects.get(pk=application.pk).state == "notified"
