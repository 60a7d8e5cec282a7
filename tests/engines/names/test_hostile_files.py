"""List files that were cut, changed or made to harm, in every format: refused with their place, or read; never anything else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from enduse.engines import names
from tests.engines.names import lists
from tests.engines.names.test_ofac_advanced import ADVANCED_XML
from tests.engines.names.test_ofac_forms import SDN_XML, archive
from tests.engines.names.test_publishers_formats import BY_FORMAT

pytestmark = pytest.mark.engine

FTM = "".join(lists.ftm_line(str(number), "Person", name=[f"Nobody Number {number}"]) + "\n" for number in range(4))
CONTENT = {**{format: text.encode() for format, text in BY_FORMAT.items()}, "ofac-xml": SDN_XML.encode(), "ofac-adv-xml": ADVANCED_XML.encode(), "ofac-csv": lists.sdn_text().encode() + b"\x1a",
           "un-xml": lists.un_text(persons=lists.UN_PERSON.format(id=1, name="SALIM")).encode(), "ftm-jsonl": FTM.encode()}
WITH_AN_END = sorted(format for format in CONTENT if format.endswith("xml"))
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def content_of(format: str, folder: Path) -> bytes:
    return CONTENT[format] if format != "zip" else archive(folder, *lists.tables(folder).values()).read_bytes()


def taken(folder: Path, content: bytes) -> names.ScreenedList | names.ListError:
    path = folder / "hostile"
    path.write_bytes(content)
    try:
        found: names.ScreenedList | names.ListError = names.read_list(path)
    except names.ListError as error:
        found = error
    assert isinstance(found, names.ScreenedList) or (found.where and found.reason and found.remedy)
    return found


@quick
@given(format=st.sampled_from([*WITH_AN_END, "zip"]), share=st.floats(0, 1, exclude_max=True))
def test_a_file_that_says_where_it_ends_is_never_taken_short(tmp_path: Path, format: str, share: float) -> None:
    whole = content_of(format, tmp_path).rstrip()
    assert isinstance(taken(tmp_path, whole[: int(share * len(whole))]), names.ListError)


@quick
@example(format="eu-csv", share=0.0, bytes_put=b"\x00\r", lost=0)
@given(format=st.sampled_from([*sorted(CONTENT), "zip"]), share=st.floats(0, 1), bytes_put=st.binary(min_size=1, max_size=12), lost=st.integers(0, 40))
def test_a_file_that_was_changed_anywhere_is_refused_or_read(tmp_path: Path, format: str, share: float, bytes_put: bytes, lost: int) -> None:
    whole = content_of(format, tmp_path)
    at = int(share * len(whole))
    found = taken(tmp_path, whole[:at] + bytes_put + whole[at + lost :])
    assert isinstance(found, names.ListError) or found.entities


@quick
@given(content=st.one_of(st.binary(max_size=300), st.text("<>/ aAsdnList&;!\"'=\n,0|@", max_size=200).map(str.encode)))
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes) -> None:
    for before in (b"", b"<sdnList>", b"<Designations>", b"PK\x03\x04", b"12,"):
        found = taken(tmp_path, before + content)
        assert isinstance(found, names.ListError) or found.entities


@pytest.mark.parametrize("format", WITH_AN_END)
def test_nothing_outside_the_file_is_read(tmp_path: Path, format: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET NAME")
    text = CONTENT[format].decode()
    at = text.index("<", text.index("?>"))
    for declared in (f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>', f'<!DOCTYPE a SYSTEM "file://{secret}">'):
        found = taken(tmp_path, (text[:at] + declared + text[at:]).encode())
        assert isinstance(found, names.ListError)
        assert found.where == "document type"


def test_an_archive_in_an_archive_and_a_bomb_of_many_files_are_refused(tmp_path: Path) -> None:
    inner = archive(tmp_path, *lists.tables(tmp_path).values())
    assert isinstance(taken(tmp_path, archive(tmp_path, inner, name="outer.zip").read_bytes()), names.ListError)
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as packed:
        for number in range(100):
            packed.writestr(f"{number}.xml", SDN_XML)
    assert "at most 60" in str(taken(tmp_path, many.read_bytes()))
