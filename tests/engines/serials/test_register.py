"""The index on disk: appended to, shared, merged, killed and damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from enduse.engines.serials import DamagedIndex, Gun, Register, read_marks
from tests.engines.serials.conftest import some_guns


def test_a_register_gives_back_its_guns_as_entered(register: Register, guns: list[Gun]) -> None:
    assert len(register) == len(guns)
    assert register.max_key == 9002
    assert [register.gun(row) for row in (0, 17, 600, 601)] == [guns[row] for row in (0, 17, 600, 601)]
    with pytest.raises(IndexError, match="rows count from 0"):
        register.gun(len(guns))


def test_an_empty_register_knows_none(tmp_path: Path) -> None:
    register = Register.build(tmp_path / "r", [])
    assert (len(register), register.max_key) == (0, 0)
    answer = register.search(read_marks("W345872"))
    assert (answer.items, answer.none_probability) == ((), 1.0)
    register.append([Gun(7, "W345872")])
    assert register.search(read_marks("W345872")).items[0].key == 7


def test_what_one_process_appends_another_finds_after_refresh(tmp_path: Path) -> None:
    one = Register.build(tmp_path / "r", some_guns(50))
    other = Register.open(tmp_path / "r")
    one.append([Gun(5000, "ZZ-777777", "Colt")])
    assert len(other) == 50
    other.refresh()
    found = other.search(read_marks("ZZ777?77")).items[0]
    assert (found.key, found.row, found.serial) == (5000, 50, "ZZ-777777")
    assert other.max_key == 5000


def test_many_small_additions_are_merged_and_nothing_changes(tmp_path: Path) -> None:
    guns = some_guns(260)
    register = Register.build(tmp_path / "r", guns[:50])
    for start in range(50, 260, 10):
        register.append(guns[start : start + 10])
    assert len(register.segments) < 8
    assert [register.gun(row) for row in range(260)] == guns
    whole = Register.build(tmp_path / "whole", guns)
    register.compact()
    assert len(register.segments) == 1
    for gun in guns[::20]:
        one, other = register.search(read_marks(gun.serial)), whole.search(read_marks(gun.serial))
        assert [c.row for c in one.items] == [c.row for c in other.items]
        assert one.none_probability == pytest.approx(other.none_probability)


def test_a_kill_while_appending_leaves_the_old_or_the_new_register(tmp_path: Path) -> None:
    Register.build(tmp_path / "r", some_guns(100))
    code = (
        "import os, sys\n"
        "from enduse.engines.serials import Gun, Register, folder\n"
        "from pathlib import Path\n"
        "register = Register.open(Path(sys.argv[1]))\n"
        "whole = folder.os.fsync\n"
        "calls = [0]\n"
        "def dying(handle):\n"
        "    calls[0] += 1\n"
        "    if calls[0] == int(sys.argv[2]): os._exit(9)\n"
        "    whole(handle)\n"
        "folder.os.fsync = dying\n"
        "register.append([Gun(900, 'KILL12345')])\n"
    )
    for moment in (1, 2, 3):
        before = len(Register.open(tmp_path / "r"))
        ended = subprocess.run([sys.executable, "-c", code, str(tmp_path / "r"), str(moment)], check=False, env=os.environ.copy())
        assert ended.returncode == 9
        register = Register.open(tmp_path / "r")
        register.verify()
        assert len(register) in {before, before + 1}


def test_a_damaged_file_is_noticed(tmp_path: Path) -> None:
    register = Register.build(tmp_path / "r", some_guns(100))
    file = next((tmp_path / "r").glob("*.segment"))
    content = bytearray(file.read_bytes())
    content[-4000] ^= 1
    file.write_bytes(content)
    del register
    with pytest.raises(DamagedIndex, match="Rebuild the index"):
        Register.open(tmp_path / "r").verify()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(DamagedIndex, match="ends within"):
        Register.open(tmp_path / "r")


def test_a_manifest_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    Register.build(tmp_path / "r", some_guns(10))
    manifest = tmp_path / "r" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"guns": 10', '"guns": 11'))
    with pytest.raises(DamagedIndex, match="checksum"):
        Register.open(tmp_path / "r")


def test_a_place_without_a_register_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"Register\.build"):
        Register.open(tmp_path / "nothing")


def test_importing_the_engine_does_not_load_the_compiler() -> None:
    code = "import sys, enduse.engines.serials; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_gun_is_found_by_its_key_in_any_segment(tmp_path: Path) -> None:
    register = Register.build(tmp_path / "r", [Gun(11, "W345872"), Gun(12, "K111111")])
    register.append([Gun(40, "B222222")])
    assert [register.row_of(key) for key in (11, 12, 40, 13)] == [0, 1, 2, None]
    assert register.gun(2).key == 40
