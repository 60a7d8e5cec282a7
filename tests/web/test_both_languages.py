"""Every text that a person reads stands in Spanish too."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
SPANISH = ROOT / "enduse" / "web" / "locale" / "es" / "LC_MESSAGES" / "django.po"
PLACE = re.compile(r"%\(\w+\)|{\w+}")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def texts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (str(value or ""),)


def test_no_text_of_the_catalogue_lacks_its_spanish():
    missing = [message.id for message in catalogue(SPANISH) if message.id and (message.fuzzy or not all(texts(message.string)))]
    assert missing == []


def test_a_translation_keeps_the_places_that_are_filled_in():
    wrong = [message.id for message in catalogue(SPANISH) if message.id
             and set(PLACE.findall(texts(message.string)[-1])) != set(PLACE.findall(texts(message.id)[-1]))]
    assert wrong == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed, so the texts cannot be collected")
def test_the_catalogue_holds_every_text_of_the_code_and_the_pages(tmp_path):
    shutil.copytree(ROOT / "enduse", tmp_path / "enduse", ignore=shutil.ignore_patterns("vendor", "*.mo", "__pycache__"))
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    subprocess.run([str(tmp_path / "tools" / "messages.sh")], check=True, capture_output=True)
    collected = catalogue(tmp_path / "enduse" / "web" / "locale" / "es" / "LC_MESSAGES" / "django.po")
    known = {(texts(message.id), message.context) for message in catalogue(SPANISH) if message.id}
    assert [message.id for message in collected if message.id and (texts(message.id), message.context) not in known] == []
