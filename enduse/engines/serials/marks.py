"""Marks as an officer reads them off a gun, before any guess at what they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from enduse.engines.serials.symbols import MAX_LENGTH, OTHER, code_of, readings

MAX_TEXT = 120
LEAST_READABLE = 2
BELONGS = 0.8
"""The chance that a mark elsewhere on a gun repeats the serial of its frame."""
UNREADABLE, RUN = "?", "*"


class UnreadableMarks(ValueError):
    """The text cannot be taken for marks: `code` for translation, `reason` and `remedy` in plain English."""

    def __init__(self, code: str, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.code, self.reason, self.remedy = code, reason, remedy


class TooLittle(UnreadableMarks):
    """The marks are well written but fit too many guns to be worth ranking."""


@dataclass(frozen=True, slots=True)
class Token:
    """One place of the marks: the symbols it may be (empty: unreadable; None: a run of unknown length)."""

    text: str
    symbols: str | None

    @property
    def is_run(self) -> bool:
        return self.symbols is None

    @property
    def is_unreadable(self) -> bool:
        return self.symbols == ""

    @property
    def spelling(self) -> str:
        if self.symbols is None:
            return RUN
        return (self.symbols or UNREADABLE) if len(self.symbols) < 2 else f"[{self.symbols}]"

    def codes(self) -> tuple[int, ...]:
        """The numbers of its symbols; a foreign sign is OTHER."""
        return codes_of(self.symbols or "")


@lru_cache(maxsize=4096)
def codes_of(symbols: str) -> tuple[int, ...]:
    """The numbers of symbols; a foreign sign is OTHER."""
    return tuple(code_of(s) if s != "~" else OTHER for s in symbols)


@dataclass(frozen=True)
class Marks:
    """What was read: the places of the serial and what else is known of the gun. '' and None mean not known.

    `doubtful` names the attributes the officer is unsure of. `also` holds other marks of the same gun (slide, barrel,
    importer's mark), each believed less than the frame's own: `belongs` is the chance that it repeats the frame's serial,
    `place` says where it stands ('' is the frame).
    """

    text: str
    tokens: tuple[Token, ...]
    make: str = ""
    model: str = ""
    type: str = ""
    calibre: str = ""
    year: int | None = None
    doubtful: frozenset[str] = frozenset()
    also: tuple[Marks, ...] = ()
    belongs: float = 1.0
    place: str = ""

    @property
    def readable(self) -> int:
        """How many places tell anything."""
        return sum(bool(t.symbols) for t in self.tokens)

    @property
    def damaged(self) -> bool:
        """Whether a place could not be read at all."""
        return any(not t.symbols for t in self.tokens)

    @property
    def pattern(self) -> str:
        """The marks in one spelling: equal patterns are equal marks."""
        return "".join(t.spelling for t in self.tokens)

    def with_mark(self, other: str | Marks, *, belongs: float = BELONGS) -> Marks:
        """The same gun with one more mark read elsewhere on it."""
        return replace(self, also=(*self.also, other if isinstance(other, Marks) else read_other(other, belongs=belongs)))

    def led_by_another(self) -> Marks:
        """The same gun, searched by its best readable other mark because the frame's says too little by itself.

        A frame of which two characters can be read follows as a mark that surely belongs. Itself where there is no other mark.
        """
        if not self.also:
            return self
        best = max(self.also, key=lambda mark: mark.readable)
        rest = [mark for mark in self.also if mark is not best]
        if self.readable >= LEAST_READABLE:
            rest.append(replace(self, also=()))
        return replace(self, text=best.text, tokens=best.tokens, belongs=best.belongs, place=best.place, also=tuple(rest))


def read_other(text: str, *, belongs: float = BELONGS, place: str = "") -> Marks:
    """A mark that stands elsewhere than on the frame, to be given in `also`. Raises as `read_marks`."""
    return replace(read_marks(text), belongs=belongs, place=place)


def read_marks(
    text: str,
    *,
    make: str = "",
    model: str = "",
    type: str = "",
    calibre: str = "",
    year: int | None = None,
    make_doubtful: bool = False,
    model_doubtful: bool = False,
    type_doubtful: bool = False,
    calibre_doubtful: bool = False,
    year_doubtful: bool = False,
    also: Sequence[str | Marks] = (),
) -> Marks:
    """The marks in `text`: `?` an unreadable character, `*` an unreadable run, `[5S]` either of two, separators ignored.

    Raises UnreadableMarks for text that is no marks at all, TooLittle when fewer than two characters are readable and no
    other mark is given; with one, that leads (see `Marks.led_by_another`).
    """
    tokens = _tokens(text)
    doubts = {
        "make": make_doubtful, "model": model_doubtful, "type": type_doubtful,
        "calibre": calibre_doubtful, "year": year_doubtful,
    }  # fmt: skip
    marks = Marks(
        text=text.strip(), tokens=tokens, make=make.strip()[:80], model=model.strip()[:80], type=type.strip()[:80],
        calibre=calibre.strip()[:80], year=year, doubtful=frozenset(k for k, v in doubts.items() if v),
    )  # fmt: skip
    for other in also:
        marks = marks.with_mark(other)
    if marks.readable >= LEAST_READABLE:
        return marks
    if marks.also:
        return marks.led_by_another()
    raise TooLittle(
        "too_little",
        f"Only {marks.readable} of the characters can be read, and that fits too many guns." if marks.readable else "No character can be read.",
        "Read at least two characters, better four; treat the metal or light it from the side and try again.",
    )


def _tokens(text: str) -> tuple[Token, ...]:
    if len(text) > MAX_TEXT:
        raise UnreadableMarks(
            "too_long",
            f"The marks are {len(text):,} characters long; no serial has more than {MAX_LENGTH}.",
            "Enter one serial number only, and other marks in their own fields.",
        )
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] == "[":
            token, at = _alternatives(text, at)
        else:
            token, at = _single(text, at), at + 1
        if token is None or (token.is_run and tokens and tokens[-1].is_run):
            continue
        tokens.append(token)
    if not tokens:
        raise UnreadableMarks("empty", "No marks were entered.", "Type what can be read, with ? for each unreadable character.")
    if len(tokens) > MAX_LENGTH:
        raise UnreadableMarks(
            "too_long",
            f"The marks have {len(tokens)} characters; no serial has more than {MAX_LENGTH}.",
            "Enter one serial number only, and other marks in their own fields.",
        )
    return tuple(tokens)


def _single(text: str, at: int) -> Token | None:
    sign = text[at]
    if sign in "?？¿�□":
        return Token(UNREADABLE, "")
    if sign in "*＊…":
        return Token(RUN, None)
    if sign == "]":
        raise UnreadableMarks(
            "bracket", f"Character {at + 1} closes a bracket that was not opened.", "Write alternatives as [5S]."
        )
    found = readings(sign)
    return Token(sign, found) if found else None


def _alternatives(text: str, at: int) -> tuple[Token | None, int]:
    end = text.find("]", at)
    if end < 0:
        raise UnreadableMarks(
            "bracket", f"The bracket opened at character {at + 1} is not closed.", "Write alternatives as [5S]."
        )
    inside = text[at + 1 : end]
    if any(c in "[*＊" for c in inside):
        raise UnreadableMarks(
            "bracket", f"The bracket at character {at + 1} holds a sign it cannot.", "Put only single characters in it: [5S]."
        )
    if any(c in "?？" for c in inside):
        return Token(UNREADABLE, ""), end + 1
    symbols = "".join(dict.fromkeys("".join(readings(c) for c in inside)))
    return (Token(text[at : end + 1], symbols) if symbols else None), end + 1
