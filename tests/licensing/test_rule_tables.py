"""The rules as plain tables: every code once, the program's rule beside it, searched and exported, in both languages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from enduse import reference
from enduse.licensing.flags import FLAGS
from enduse.licensing.rule_tables import TABLES
from enduse.measures.models import Measure


@pytest.fixture
def signed_in(people) -> Client:
    client = Client()
    client.force_login(people.auditor)
    return client


@pytest.mark.parametrize(("name", "list_name"), [
    ("criteria", "criteria"), ("flags", "warning_flags"), ("conditions", "licence_conditions"), ("reasons", "denial_reasons")])
def test_a_table_has_every_code_of_its_list_once(name, list_name):
    assert [row[0] for row in TABLES[name].rows()] == list(reference.table(list_name))


def test_every_kind_of_measure_says_what_it_does():
    assert [row[0] for row in TABLES["measures"].rows()] == [kind for kind, _name in Measure.KINDS]
    assert all(row[2] for row in TABLES["measures"].rows())


def test_every_flag_that_the_program_raises_says_by_which_rule_in_both_languages():
    table = reference.table("warning_flags")
    assert len(table) >= 55
    for code, entry in table.items():
        assert bool(entry.more["rule_en"]) == bool(entry.more["rule_es"]) == (code in FLAGS), code


def test_what_the_tables_point_at_exists():
    criteria, conditions = set(reference.table("criteria")), set(reference.table("licence_conditions"))
    for code, entry in reference.table("warning_flags").items():
        assert {each for each in entry.more["bears_on"].split("|") if each} <= criteria, code
        assert {each for each in entry.more["mitigated_by"].split("|") if each} <= conditions, code
    for code, entry in reference.table("denial_reasons").items():
        assert entry.more["criterion"] in {"", *criteria}, code


@pytest.mark.parametrize("name", list(TABLES))
def test_each_table_is_a_page_and_a_csv_and_an_answer_of_the_api(signed_in, name):
    page = signed_in.get(f"/licensing/rules/{name}/").content.decode()
    rows = list(TABLES[name].rows())
    assert all(f'id="{row[0]}"' in page for row in rows)
    text = b"".join(signed_in.get(f"/licensing/rules/{name}/?format=csv").streaming_content).decode()
    assert text.count("\r\n") == len(rows) + 1
    assert signed_in.get(f"/api/licensing/rule-tables/{name}").json()["rows"] == [list(row) for row in rows]


def test_a_table_is_searched_by_words_and_codes(signed_in):
    page = signed_in.get("/licensing/rules/flags/?search=embargo").content.decode()
    assert 'id="C01"' in page
    assert 'id="W03"' not in page
    assert [row[0] for row in TABLES["reasons"].matching("126.7 diversion risk")] == ["DV"]


def test_a_table_reads_in_spanish():
    with translation.override("es"):
        assert any("embargo de armas" in row[4] for row in TABLES["flags"].rows())


def test_there_is_no_other_table(signed_in):
    assert signed_in.get("/licensing/rules/secrets/").status_code == 404
    assert signed_in.get("/api/licensing/rule-tables/secrets").status_code == 422
    assert Client().get("/licensing/rules/flags/").status_code == 302
