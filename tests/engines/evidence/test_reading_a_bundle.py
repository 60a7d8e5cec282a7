from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enduse.engines.evidence import BundleError, Loss, Lot, read_bundle, write_bundle
from enduse.engines.evidence.worlds import draw_world

LOTS = "lot_id,licence_id,unit_id,firearm_type,quantity,delivered_on\n"
CHECKS = "check_id,unit_id,checked_on,selection,population,sampled,sighted,outcome\n"


def write(folder, name, text, **how):
    (folder / name).write_text(text, encoding=how.get("encoding", "utf-8"))
    return folder


def errors_of(folder):
    with pytest.raises(BundleError) as refused:
        read_bundle(folder)
    return refused.value.errors


def test_a_bundle_written_and_read_again_is_the_same(tmp_path):
    world = draw_world("steady", 3, units=8, years=3, guns=2000)
    write_bundle(world.bundle, tmp_path)
    again = read_bundle(tmp_path)
    assert again == world.bundle
    assert len(again.lots) > 8


@settings(max_examples=40, deadline=None)
@given(text=st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1).map(str.strip).filter(bool))
def test_any_identifier_survives_writing_and_reading(tmp_path_factory, text):
    from enduse.engines.evidence import Bundle

    folder = tmp_path_factory.mktemp("bundle")
    written = Bundle(lots=(Lot(text, "L,1", text, 'a "rifle"', 5, date(2009, 1, 2)),))
    write_bundle(written, folder)
    assert read_bundle(folder).lots == written.lots


def test_missing_files_are_allowed_and_each_is_named(tmp_path):
    bundle = read_bundle(write(tmp_path, "lots.csv", LOTS + "A,L1,U1,rifle,10,2009-01-02\n"))
    assert [lot.quantity for lot in bundle.lots] == [10]
    assert len(bundle.warnings) == 7
    assert any("stocktakes.csv" in words for words in bundle.warnings)


def test_every_bad_row_is_told_with_its_file_line_field_reason_and_remedy(tmp_path):
    write(tmp_path, "lots.csv", LOTS + "A,L1,U1,rifle,ten,2009-01-02\n\nB,L1,U1,rifle,0,2009-02-30\n")
    found = {(e.file, e.row, e.field) for e in errors_of(tmp_path)}
    assert found == {("lots.csv", 2, "quantity"), ("lots.csv", 4, "quantity"), ("lots.csv", 4, "delivered_on")}
    assert all(e.reason and e.remedy and e.code for e in errors_of(tmp_path))


def test_the_message_of_a_refused_bundle_can_be_read_by_a_person(tmp_path):
    write(tmp_path, "lots.csv", LOTS + "A,L1,U1,rifle,ten,2009-01-02\n")
    with pytest.raises(BundleError, match=r"lots.csv line 2, quantity: 'ten' is not a whole number .* Write digits only"):
        read_bundle(tmp_path)


@pytest.mark.parametrize(("row", "field"), [
    ("C1,U1,2010-01-01,random,10,11,5,favourable", "sampled"),
    ("C1,U1,2010-01-01,random,10,5,6,favourable", "sighted"),
    ("C1,U1,2010-01-01,hunch,10,5,5,favourable", "selection"),
    ("C1,U1,2010-01-01,random,10,5,5,fine", "outcome"),
    ("C1,U9,2010-01-01,random,10,5,5,favourable", "unit_id"),
    ("C1,U1,2010-01-01,random,10,5,5", "row"),
])
def test_a_check_that_cannot_be_is_refused(tmp_path, row, field):
    write(tmp_path, "lots.csv", LOTS + "A,L1,U1,rifle,10,2009-01-02\n")
    write(tmp_path, "checks.csv", CHECKS + row + "\n")
    assert [(e.file, e.row, e.field) for e in errors_of(tmp_path)] == [("checks.csv", 2, field)]


def test_a_repeated_identifier_is_refused_with_the_line_it_repeats(tmp_path):
    write(tmp_path, "lots.csv", LOTS + "A,L1,U1,rifle,10,2009-01-02\nA,L1,U1,rifle,10,2009-01-02\n")
    assert [(e.row, e.reason) for e in errors_of(tmp_path)] == [(3, "It repeats line 2.")]


def test_a_missing_column_is_refused_with_the_header_that_is_wanted(tmp_path):
    write(tmp_path, "lots.csv", "lot_id,unit_id\nA,U1\n")
    found = errors_of(tmp_path)
    assert {e.field for e in found} == {"licence_id", "firearm_type", "quantity", "delivered_on"}
    assert "lot_id, licence_id, unit_id" in found[0].remedy


def test_a_spreadsheet_byte_order_mark_is_no_error_but_latin_1_is(tmp_path):
    assert read_bundle(write(tmp_path, "lots.csv", LOTS + "A,L1,Zó,rifle,10,2009-01-02\n", encoding="utf-8-sig")).lots
    write(tmp_path, "lots.csv", LOTS + "A,L1,Zó,rifle,10,2009-01-02\n", encoding="latin-1")
    assert [e.code for e in errors_of(tmp_path)] == ["not_utf8"]


def test_seizures_that_do_not_nest_are_refused(tmp_path):
    write(tmp_path, "seizures.csv", "month,seized,submitted,traced,traced_to_lots\n2010-01,10,5,6,1\n")
    assert [(e.field, e.row) for e in errors_of(tmp_path)] == [("traced", 2)]


def test_a_loss_reported_before_it_happened_is_refused(tmp_path):
    header = "loss_id,unit_id,occurred_on,reported_on,cause,quantity\n"
    write(tmp_path, "losses.csv", header + "X,U1,2010-02-01,2010-01-01,theft,1\n")
    assert [e.field for e in errors_of(tmp_path)] == ["reported_on"]
    write(tmp_path, "losses.csv", header + "X,U1,2010-01-01,2010-02-01,theft,1\n")
    assert read_bundle(tmp_path).losses == (Loss("X", "U1", date(2010, 1, 1), date(2010, 2, 1), "theft", 1),)


def test_a_folder_that_is_not_there_is_said(tmp_path):
    assert [e.code for e in errors_of(tmp_path / "nowhere")] == ["no_folder"]
