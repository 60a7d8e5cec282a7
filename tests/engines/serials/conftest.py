"""A small register with repeated, near and long serials."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from enduse.engines.serials import Gun, Register


def some_guns(number: int, seed: int = 1) -> list[Gun]:
    chance = random.Random(seed)
    found = []
    for key in range(1, number + 1):
        pattern, make, calibre = chance.choice([
            ("W{:06d}", "Colt", "5.56x45 mm"), ("{:07d}", "FN Herstal", "5.56x45 mm"), ("AB{:05d}", "Glock", "9 mm"),
            ("{:05d}Z", "Beretta", "9 mm"), ("12-{:06d}", "Heckler & Koch", "7.62x51 mm"),
        ])  # fmt: skip
        number_in_series = chance.randrange(100_000)
        found.append(Gun(key, pattern.format(number_in_series), make, "", "", calibre, 2000 + chance.randrange(10)))
    return found


@pytest.fixture(scope="session")
def guns() -> list[Gun]:
    return [*some_guns(600), Gun(9001, "W345872", "Colt", "M4", "rifle_assault", "5.56x45 mm", 2006), Gun(9002, "US-1234567890123")]


@pytest.fixture(scope="session")
def register(guns: list[Gun], tmp_path_factory: pytest.TempPathFactory) -> Register:
    folder: Path = tmp_path_factory.mktemp("register")
    return Register.build(folder, guns)
