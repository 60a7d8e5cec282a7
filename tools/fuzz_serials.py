"""Long fuzzing of the serials engine: `python tools/fuzz_serials.py --seconds 600`.

Random text as marks, random serials as a register and damaged index files; any exception but a stated refusal ends it
with the input that caused it. Uses atheris where it is installed, random mutation otherwise.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from enduse.engines.serials import DamagedIndex, Gun, Register, UnreadableMarks, read_marks

SIGNS = "0123456789ABWZOIS?*[]-./ \x00\u200b\u0410\u0412\uff21\u0661\U0001d7d8\ud800éßñ中"


def random_text(chance: random.Random) -> str:
    length = int(chance.expovariate(0.08))
    return "".join(chance.choice(SIGNS) if chance.random() < 0.9 else chr(chance.randrange(0x110000)) for _ in range(length))


def try_marks(register: Register, text: str) -> None:
    try:
        answer = register.search(read_marks(text, make=text[:9], calibre=text[-5:]))
    except UnreadableMarks:
        return
    total = answer.none_probability + sum(c.probability for c in answer.items)
    assert -1e-9 <= total <= 1 + 1e-6, f"probabilities sum to {total}"
    for candidate in answer.items:
        assert candidate.alignment is not None


def try_damage(folder: Path, chance: random.Random) -> None:
    register = Register.build(folder, [Gun(k, random_text(chance)) for k in range(chance.randrange(80))])
    files = [*folder.glob("*.segment"), folder / "manifest.json"]
    file = chance.choice(files)
    content = bytearray(file.read_bytes())
    del register
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content[: chance.randrange(len(content)) if chance.random() < 0.3 else None])
    try:
        Register.open(folder).verify()
    except DamagedIndex:
        return


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--seconds", type=float, default=600)
    ask.add_argument("--seed", type=int, default=1)
    wanted = ask.parse_args()
    chance = random.Random(wanted.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        register = Register.build(folder / "r", [Gun(k, random_text(chance) or "A1", f"M{k % 7}") for k in range(3000)])
        try:
            import atheris
        except ImportError:
            atheris = None
        if atheris is not None:
            atheris.Setup([sys.argv[0], f"-max_total_time={int(wanted.seconds)}"], lambda data: try_marks(register, data.decode("utf-8", "replace")))
            atheris.Fuzz()
            return
        ends, tried = time.monotonic() + wanted.seconds, 0
        while time.monotonic() < ends:
            try_marks(register, random_text(chance))
            if tried % 50 == 0:
                try_damage(folder / "damaged", chance)
            tried += 1
        print(f"{tried:,} inputs, no fault")


if __name__ == "__main__":
    main()
