"""The page of the engine says what the code does: its example runs, its table of files is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "engines" / "translog.md").read_text(encoding="utf-8")


def test_the_example_on_the_page_runs_and_its_assertions_hold():
    examples = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.M | re.S)
    assert len(examples) == 1
    names: dict[str, object] = {}
    exec(examples[0], names)
    assert names["proved"].leaf.checkpoint.size == 1


def test_every_file_that_the_page_names_is_there():
    engine = ROOT / "enduse" / "engines" / "translog"
    named = set(re.findall(r"`([a-z_]+\.py)`", PAGE))
    assert named
    assert {name for name in named if not (engine / name).is_file()} == set()
    assert (ROOT / "bench" / "translog.py").is_file()
    assert (ROOT / "tools" / "verify_proof.py").is_file()
