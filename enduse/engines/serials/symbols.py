"""The alphabet of serial numbers: 36 symbols, and how any script's letters and digits come down to them."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
END, FIRST_LETTER, LAST_LETTER, OTHER = 0, 11, 36, 37
"""Symbol 0 ends a serial, 1-10 are digits, 11-36 letters, 37 any sign that has no place in the alphabet."""
SYMBOLS = 38
MAX_LENGTH = 24
"""Symbols of a serial that are compared; the text itself is kept whole."""

LOOK_ALIKES: dict[str, str] = {
    "А": "A", "В": "B", "Е": "E", "К": "K", "М": "M", "Н": "H", "О": "O", "Р": "P", "С": "C", "Т": "T", "У": "Y",
    "Х": "X", "І": "I", "Ј": "J", "Ѕ": "S", "З": "3", "Ч": "4", "Б": "B6", "Г": "GT", "Д": "DA", "И": "NI", "Й": "NI",
    "Л": "LA", "П": "PN", "Ф": "F", "Я": "R", "Ш": "W", "Щ": "W", "Э": "3", "Ж": "X", "Ц": "U", "Ь": "B", "Ы": "B",
    "Ю": "10", "Ъ": "B", "Ё": "E",
    "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O", "Ρ": "P",
    "Τ": "T", "Υ": "Y", "Χ": "X", "Γ": "GT", "Δ": "DA", "Θ": "0", "Λ": "LA", "Π": "PN", "Σ": "SE", "Φ": "F",
    "٠": "0", "١": "1", "٢": "2", "٣": "3", "٤": "4", "٥": "50", "٦": "67", "٧": "7V", "٨": "8A", "٩": "9",
    "۰": "0", "۱": "1", "۲": "2", "۳": "3", "۴": "4", "۵": "50", "۶": "6", "۷": "7V", "۸": "8A", "۹": "9",
    "ß": "B", "Ø": "O", "ø": "O", "Æ": "A", "æ": "A", "Ł": "L", "ł": "L", "Đ": "D", "đ": "D", "ı": "I", "№": "",
}  # fmt: skip
SEPARATORS = frozenset(" \t-./\\_,:;'\"|#()~–—‐‑‒−·•º°ª´`+=")


@cache
def readings(character: str) -> str:
    """The symbols one character may stand for, likeliest first: '' for a separator or an invisible sign, '~' for a sign
    that no serial is made of."""
    if character in ALPHABET:
        return character
    if character in SEPARATORS or character.isspace():
        return ""
    for form in (character, character.upper()):
        if form in LOOK_ALIKES:
            return LOOK_ALIKES[form]
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return ALPHABET[digit]
    plain = [c for c in unicodedata.normalize("NFKD", character).upper() if unicodedata.category(c) != "Mn"]
    if len(plain) == 1 and plain[0] != character:
        return readings(plain[0])
    if unicodedata.category(character)[0] in "CMZP":
        return ""
    return "~"


def code_of(symbol: str) -> int:
    """The number of a symbol: 1-36 for the alphabet, OTHER for anything else."""
    place = ALPHABET.find(symbol)
    return place + 1 if place >= 0 else OTHER


def symbol_of(code: int) -> str:
    """The symbol of a number; '~' for OTHER."""
    return ALPHABET[code - 1] if 0 < code <= LAST_LETTER else "~"


def canonical(serial: str) -> str:
    """A serial as it is compared: upper case, without separators, in the 36 symbols ('~' for a foreign sign)."""
    found = [readings(c)[:1] for c in serial[: 8 * MAX_LENGTH]]
    return "".join(found)[:MAX_LENGTH]


@cache
def code_table() -> np.ndarray:
    """For each code point below 65,536 the symbol number it is compared as; 0 for separators. Shape (65536,), uint8."""
    import numpy as np

    table = np.zeros(0x10000, dtype=np.uint8)
    for point in range(1, 0x10000):
        if 0x3400 <= point < 0xF900:
            table[point] = OTHER if point < 0xD800 else 0
            continue
        found = readings(chr(point))[:1]
        table[point] = code_of(found) if found else 0
    return table
