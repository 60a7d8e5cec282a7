"""Marks as they are typed: what is understood, what is refused and what the refusal says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enduse.engines.serials import TooLittle, UnreadableMarks, canonical, read_marks


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("W 3 ? 5 B 7 2", "W3?5B72"),
        ("w-345.87/2", "W345872"),
        ("*5872", "*5872"),
        ("W34**", "W34*"),
        ("W3[5S]72", "W3[5S]72"),
        ("W3[5?]72", "W3?72"),
        ("\uff37\uff13\uff14\uff15", "W345"),
        ("АВ1234", "AB1234"),
        ("١٢٣٤", "1234"),
        ("Б1234", "[B6]1234"),
    ],
)
def test_marks_come_down_to_one_spelling(text: str, pattern: str) -> None:
    assert read_marks(text).pattern == pattern


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty"), ("\x00\x01", "empty"), ("x" * 1_000_000, "too_long"), ("[5", "bracket"), ("W34]", "bracket")]
)
def test_text_that_is_no_marks_is_refused_with_a_reason_and_a_remedy(text: str, code: str) -> None:
    with pytest.raises(UnreadableMarks) as refusal:
        read_marks(text)
    assert refusal.value.code == code
    assert refusal.value.reason.endswith(".")
    assert refusal.value.remedy.endswith(".")
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize("text", ["?", "???", "*", "*1*", "A"])
def test_marks_that_say_too_little_are_refused_with_what_would_help(text: str) -> None:
    with pytest.raises(TooLittle) as refusal:
        read_marks(text)
    assert "at least two" in refusal.value.remedy


def test_a_serial_is_compared_without_separators_and_case() -> None:
    assert canonical("us-123 456.7x") == "US1234567X"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_marks_or_a_refusal(text: str) -> None:
    try:
        marks = read_marks(text)
    except UnreadableMarks:
        return
    assert 2 <= marks.readable <= 24
    assert read_marks(marks.pattern.replace("~", "?") + "00").readable >= 2
