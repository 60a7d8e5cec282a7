"""Long fuzzing of the serials engine, ten minutes by hypothesis and ten by atheris: `make fuzz`.

Text of any kind as marks, serials of any kind as a register and damaged index files; any exception but a stated refusal
ends it with the input that caused it.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enduse.engines.serials import DamagedIndex, Gun, Register, UnreadableMarks, marks, read_marks, symbols

SIGNS = "0123456789ABWZOIS?*[]-./ \x00\u200b\u0410\u0412\uff21\u0661\U0001d7d8\ud800éßñ中"


def random_text(chance: random.Random) -> str:
    length = int(chance.expovariate(0.08))
    return "".join(chance.choice(SIGNS) if chance.random() < 0.9 else chr(chance.randrange(0x110000)) for _ in range(length))


def try_marks(register: Register, text: str) -> None:
    try:
        # Every other text is read as two marks, the second in reverse; where the first says too little, the second leads.
        also = (text[::-1],) if len(text) % 2 else ()
        answer = register.search(read_marks(text, make=text[:9], calibre=text[-5:], also=also, make_doubtful=len(text) % 3 == 0))
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


def with_hypothesis(register: Register, seconds: float) -> None:
    """Marks and damaged index files as hypothesis thinks them up and shrinks them."""
    texts = st.text(alphabet=st.one_of(st.sampled_from(SIGNS), st.characters()), max_size=200)

    @settings(max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(texts)
    def any_marks(text: str) -> None:
        try_marks(register, text)

    ends, rounds = time.monotonic() + seconds, 0
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < ends:
            any_marks()
            for _ in range(10):
                try_damage(Path(folder), chance)
            rounds += 1
    print(f"hypothesis: {rounds * 500:,} marks and {rounds * 10:,} damaged registers, no fault", flush=True)


def with_atheris(register: Register, seconds: float) -> None:
    """Marks as coverage of the reading code leads to them; the process ends with it."""
    import atheris

    for function in (read_marks, marks._tokens, marks._single, marks._alternatives, symbols.readings.__wrapped__):
        atheris.instrument_func(function)
    atheris.Setup([sys.argv[0], f"-max_total_time={int(seconds)}", "-print_final_stats=1"],
                  lambda data: try_marks(register, data.decode("utf-8", "surrogateescape")))  # fmt: skip
    atheris.Fuzz()


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--seconds", type=float, default=600, help="how long each of them")
    ask.add_argument("--only", choices=("hypothesis", "atheris"))
    wanted = ask.parse_args()
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        register = Register.build(Path(name), [Gun(k, random_text(chance) or "A1", f"M{k % 7}") for k in range(3000)])
        if wanted.only != "atheris":
            with_hypothesis(register, wanted.seconds)
        if wanted.only != "hypothesis":
            with_atheris(register, wanted.seconds)


if __name__ == "__main__":
    main()
