"""Names of makes, calibres and types that stand for the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from enduse.engines.serials import attributes


@pytest.mark.parametrize(
    ("attribute", "read", "held"),
    [
        ("make", "S&W", "Smith & Wesson"), ("make", "SW", "Smith and Wesson"), ("make", "Colt's", "COLT"),
        ("make", "CLT", "Colt Defense"), ("calibre", "5,56", "5.56x45 mm NATO"), ("calibre", ".223", "5.56 mm"),
        ("calibre", "762", "7.62x39 mm"), ("calibre", "762", ".308 Winchester"), ("calibre", "9mm", "9x19 mm Parabellum"),
        ("type", "rifle", "rifle_assault"), ("type", "Pistola semiautomática", "pistol_semi"),
    ],
)  # fmt: skip
def test_names_of_the_same_thing_agree(attribute: str, read: str, held: str) -> None:
    assert attributes.agreement(attributes.standard(), attribute, read, held) == 1.0


@pytest.mark.parametrize(("attribute", "read", "held"), [("make", "Colt", "Glock"), ("calibre", "9 mm", "12 gauge")])
def test_names_of_different_things_do_not(attribute: str, read: str, held: str) -> None:
    assert attributes.agreement(attributes.standard(), attribute, read, held) == 0.0


def test_a_make_in_no_table_agrees_with_itself_and_with_its_longer_name() -> None:
    names = attributes.standard()
    assert attributes.agreement(names, "make", "Taller Pérez", "TALLER PEREZ") == 1.0
    assert attributes.agreement(names, "make", "Pérez", "Taller Pérez") > 0.5


def test_a_folder_adds_makes_to_the_table(tmp_path: Path) -> None:
    (tmp_path / "makes.csv").write_text("code,name,aliases,ncic_code\nacme,Acme Works,Acme|A.W.,ACW\n", encoding="utf-8")
    names = attributes.load(tmp_path)
    assert attributes.agreement(names, "make", "ACW", "Acme") == 1.0
