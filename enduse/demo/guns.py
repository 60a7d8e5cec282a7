"""Firearms with their makers' ways of numbering, and what time and files do to marks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from enduse.custody.actions import Marked

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
LOOK_ALIKE = {"0": "OD8", "O": "0D", "1": "I7L", "I": "1", "2": "Z7", "5": "S6", "S": "5", "6": "G8", "8": "B36", "B": "8", "7": "1T", "3": "8B", "G": "6", "Z": "2"}


@dataclass(frozen=True)
class Pattern:
    """One model that the makers sell: its type, calibre, price in US cents and its numbering from a running number."""

    make: str
    model: str
    firearm_type: str
    calibre: str
    automatic: bool
    cents: int
    country: str
    number: Callable[[int], str]


def _letters(n: int, places: int) -> str:
    text = ""
    for _place in range(places):
        n, rest = divmod(n, len(LETTERS))
        text = LETTERS[rest] + text
    return text


PATTERNS = {
    "rifle": Pattern("bushmaster", "XM15-E2S", "rifle_semi", "556nato", False, 78_000, "US", lambda n: f"L{410_000 + n:06d}"),
    "carbine": Pattern("colt", "M4", "rifle_assault", "556nato", True, 112_000, "US", lambda n: f"W{300_000 + n * 3:06d}"),
    "ar": Pattern("colt", "AR-15 A3", "rifle_semi", "556nato", False, 92_000, "US", lambda n: f"CMH{40_000 + n:06d}"),
    "beretta": Pattern("beretta", "92FS", "pistol_semi", "9para", False, 52_000, "IT", lambda n: f"BER{100_000 + n * 7:06d}Z"),
    "sw": Pattern("smith_wesson", "M&P9", "pistol_semi", "9para", False, 45_000, "US", lambda n: f"{_letters(2_000 + n // 9000, 3)}{1000 + n % 9000:04d}"),
    "sig": Pattern("sig", "P226", "pistol_semi", "9para", False, 61_000, "CH", lambda n: f"U{520_000 + n * 2:06d}"),
    "ruger": Pattern("ruger", "SP101", "revolver", "38spl", False, 38_000, "US", lambda n: f"57{n % 10}-{10_000 + n:05d}"),
    "glock": Pattern("glock", "17", "pistol_semi", "9para", False, 41_000, "AT", lambda n: f"{_letters(4_000 + n // 999, 3)}{n % 999 + 1:03d}"),
    "shotgun": Pattern("mossberg", "500", "shotgun_pump", "12ga", False, 29_000, "US", lambda n: f"L{405_000 + n:06d}"),
    "precision": Pattern("remington", "700P", "rifle_bolt", "762nato", False, 88_000, "US", lambda n: f"RR{20_000 + n:05d}A"),
    "heavy": Pattern("barrett", "M82A1", "rifle_antimateriel", "50bmg", False, 690_000, "US", lambda n: f"{21_000 + n:05d}"),
    "smg": Pattern("colt", "SMG 635", "smg", "9para", True, 98_000, "US", lambda n: f"TA{30_000 + n:05d}"),
    "ak": Pattern("romarm", "WASR-10", "rifle_semi", "762x39", False, 45_000, "RO", lambda n: f"1-{10_000 + n * 5 % 89_000:05d}-{2000 + n % 9}"),
}


class Works:
    """Hands out firearms, each with the next number of its pattern."""

    def __init__(self) -> None:
        self.made: dict[str, int] = dict.fromkeys(PATTERNS, 0)

    def make(self, name: str, count: int, year: int) -> list[Marked]:
        pattern = PATTERNS[name]
        first = self.made[name]
        self.made[name] += count
        return [
            Marked(pattern.make, pattern.model, pattern.firearm_type, pattern.calibre, pattern.number(first + n), year, pattern.country, n + 2)
            for n in range(count)
        ]


def damage(serial: str, rng: np.random.Generator) -> str:
    """The serial as an officer reads it off a gun found years later: most whole, the rest worn, filed or misread."""
    text = serial.replace("-", "")
    kind = rng.choice(["whole", "unreadable", "look_alike", "worn", "wrong", "missing"], p=[0.42, 0.24, 0.14, 0.09, 0.06, 0.05])
    at = int(rng.integers(len(text)))
    if kind == "unreadable":
        places = rng.choice(len(text), size=min(int(rng.integers(1, 3)), len(text) - 3), replace=False)
        return "".join("?" if n in places else character for n, character in enumerate(text))
    if kind == "look_alike":
        alike = [n for n, character in enumerate(text) if character in LOOK_ALIKE]
        if alike:
            at = int(rng.choice(alike))
            return text[:at] + str(rng.choice(list(LOOK_ALIKE[text[at]]))) + text[at + 1:]
    if kind == "worn":
        cut = int(rng.integers(1, 3))
        return text[cut:] if rng.random() < 0.3 else text[:-cut] + "*"
    if kind == "wrong":
        return text[:at] + str(rng.integers(10)) + text[at + 1:]
    if kind == "missing":
        return text[:at] + text[at + 1:]
    return serial
