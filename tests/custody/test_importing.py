"""A register of any size is entered from a file: checked whole first, then in parts, and it goes on where it was interrupted."""

from datetime import date

import pytest
from click.testing import CliRunner

from enduse.cli.main import enduse
from enduse.custody import importing
from enduse.custody.importing import import_made
from enduse.custody.models import CustodyEvent, Firearm, Holding
from enduse.ledger.verification import verify
from enduse.refusals import Invalid, NotPermitted, Refused
from enduse.tracing.ranking import read, search
from tests.tracing import given

MADE_ON = date(2006, 3, 2)
HEADER = "make,model,type,calibre,serial,year\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 10)

    def written(lines, header=HEADER):
        path = tmp_path / "register.csv"
        path.write_text(header + "".join(lines), encoding="utf-8")
        return path

    return written


def lines(first=300_000, number=25):
    return [f"Colt,M4,rifle_assault,556nato,W{first + n},2006\n" for n in range(number)]


def test_a_register_is_entered_in_parts_each_an_entry_of_the_log_and_can_be_traced(people, write):
    told = []
    entered = import_made(write(lines()), made_on=MADE_ON, by=people.exporter, reference="Order 7", tell=lambda *each: told.append(each))
    assert (entered.firearms, entered.before) == (25, 0)
    events = CustodyEvent.objects.order_by("pk")
    assert [sum(event.by_type.values()) for event in events] == [10, 10, 5]
    assert all(event.reference.startswith("Order 7 ") for event in events)
    assert Holding.objects.filter(party=people.maker, state=Holding.HELD).count() == 25
    assert told[-1][:2] == (25, 25)
    assert search(read("W30001?")).top.firearm.serial.startswith("W30001")
    assert verify().differences == ()


def test_every_fault_is_named_with_its_row_and_nothing_is_entered(people, write):
    given.made(people, "W300003")
    wrong = lines()
    wrong[20] = wrong[4]  # row 22 repeats row 6, in another part
    wrong[22] = "Colt,M4,cannon,556nato,W300022,2006\n"
    with pytest.raises(Invalid) as refused:
        import_made(write(wrong), made_on=MADE_ON, by=people.exporter)
    assert [(problem.row, problem.field) for problem in refused.value.problems] == [(5, "serial"), (22, "serial"), (24, "type")]
    assert all(problem.remedy for problem in refused.value.problems)
    assert Firearm.objects.count() == 1


@pytest.mark.parametrize(("header", "content", "reason"), [
    (HEADER, [], "no rows"), ("make,serial\n", lines(), "missing"), ("", [], "empty"), (HEADER, ['Colt,M4,rifle_assault,556nato,"W3,2006\n'], "broken"),
    (HEADER, ["Colt,M4\n"], "cells"), (HEADER, ["Colt,M4,rifle_assault,556nato," + "9" * 2000 + ",2006\n"], "longer"),
])  # fmt: skip
def test_a_file_that_is_no_register_is_refused_with_the_reason(people, write, header, content, reason):
    with pytest.raises(Invalid) as refused:
        import_made(write(content, header), made_on=MADE_ON, by=people.exporter)
    assert reason in str(refused.value)
    assert not Firearm.objects.exists()


def test_the_line_that_is_not_utf_8_is_named(people, tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes(HEADER.encode() + "".join(lines()).encode() + b"Colt,Ca\xf1on,rifle_assault,556nato,W399999,2006\n")
    with pytest.raises(Invalid) as refused:
        import_made(path, made_on=MADE_ON, by=people.exporter)
    assert (refused.value.problems[0].row, "0xF1" in refused.value.problems[0].reason) == (27, True)


def test_an_interrupted_import_goes_on_after_its_last_part_and_a_whole_one_is_not_repeated(people, write, monkeypatch):
    path, enter, calls = write(lines()), importing.register_made, []

    def stops_in_the_third(part, **how):
        calls.append(len(part))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return enter(part, **how)

    monkeypatch.setattr(importing, "register_made", stops_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        import_made(path, made_on=MADE_ON, by=people.exporter)
    assert Firearm.objects.count() == 20
    again = import_made(path, made_on=MADE_ON, by=people.exporter)
    assert (again.firearms, again.before, Firearm.objects.count()) == (25, 20, 25)
    with pytest.raises(Refused, match="entered already: 25"):
        import_made(path, made_on=MADE_ON, by=people.exporter)
    assert verify().differences == ()


def test_a_firearm_entered_by_another_in_between_stops_the_import_and_says_how_far_it_came(people, write, monkeypatch):
    enter = importing.register_made

    def meanwhile(part, **how):
        if part[0].serial == "W300010":
            given.made(people, "W300012")
        return enter(part, **how)

    monkeypatch.setattr(importing, "register_made", meanwhile)
    with pytest.raises(Refused, match="10 of 25 are entered"):
        import_made(write(lines()), made_on=MADE_ON, by=people.exporter)


def test_only_a_maker_imports_and_not_for_a_day_to_come(people, write):
    for role, each in people.by_role().items():
        if role != "exporter":
            with pytest.raises(NotPermitted):
                import_made(write(lines()), made_on=MADE_ON, by=each)
    with pytest.raises(Invalid, match="still to come"):
        import_made(write(lines()), made_on=date(2999, 1, 1), by=people.exporter)


def test_the_command_line_imports_and_says_what_can_be_traced(people, write):
    path = write(lines())
    answer = CliRunner().invoke(enduse, ["--as", people.exporter.username, "import-register", str(path), "--made-on", "2006-03-02"])
    assert answer.exit_code == 0, answer.output
    assert "25 firearms entered, 0 by an earlier run. 25 can be traced." in answer.output
    again = CliRunner().invoke(enduse, ["--as", people.exporter.username, "import-register", str(path), "--made-on", "2006-03-02"])
    assert again.exit_code == 1
    assert "entered already" in again.output
    path.write_text(HEADER + "Colt,M4,cannon,556nato,W1,2006\n", encoding="utf-8")
    refused = CliRunner().invoke(enduse, ["--as", people.exporter.username, "import-register", str(path), "--made-on", "2006-03-02"])
    assert "row 2, type" in refused.output
    assert "1 to mend; nothing was entered." in refused.output
