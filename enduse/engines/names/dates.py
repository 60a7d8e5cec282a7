"""Dates as lists write them, to ISO 8601 as exact as they are."""

from __future__ import annotations

import re
from datetime import date

MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
WORDED = re.compile(r"(?:(\d{1,2})\s+)?([A-Za-z]{3,9})\.?\s+(\d{4})")
SLASHED = re.compile(r"(\d{2}|dd)/(\d{2}|mm)/(\d{4})")
HYPHENED = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})")
WIDEST_RANGE = 30


def iso_date(text: str) -> str:
    """`17 Jul 1964`, `Jul 1964`, `1964` or ISO to ISO. Raises ValueError for anything else or an impossible day."""
    text = text.strip()
    if found := ISO.fullmatch(text[:10] if "T" in text else text):
        year, month, day = found.groups()
    elif found := WORDED.fullmatch(text):
        day, word, year = found.groups()
        number = MONTHS.get(word[:3].lower())
        if number is None:
            raise ValueError(f"{text!r} is not a date")
        month = f"{number:02d}"
    else:
        raise ValueError(f"{text!r} is not a date")
    date(int(year), int(month or 1), int(day or 1))
    parts = [year, month, f"{int(day):02d}" if day else None]
    return "-".join(part for part in parts if part)


def dates_within(text: str) -> tuple[str, ...]:
    """Every date that a list's phrase allows: `circa 1960` is 1959 to 1961, `1957 to 1960` each of its years.

    Years stand for a range so that no birth year inside it is counted against a match. A phrase that is no date
    (another calendar, a remark) gives nothing.
    """
    text = text.strip()
    about = re.match(r"(?:circa|approximately|about|c\.)\s+", text, re.IGNORECASE)
    if about:
        text = text[about.end() :]
    first, _, last = text.partition(" to ")
    try:
        start = iso_date(first)
        end = iso_date(last) if last else start
    except ValueError:
        return ()
    if not about and not last:
        return (start,)
    slack = 1 if about else 0
    return years_between(int(start[:4]) - slack, int(end[:4]) + slack)


def published_dates(text: str) -> tuple[str, ...]:
    """As tables write them: `28/04/1937`, `00/00/1960` and `dd/mm/1960` for a year alone, `23-Sep-2026`, or as `dates_within`."""
    text = text.strip()
    if found := SLASHED.fullmatch(text):
        day, month, year = found.groups()
        known = [year, *([month, day] if day.isdigit() and int(day) else [month])] if month.isdigit() and int(month) else [year]
        text = "-".join(known)
    elif found := HYPHENED.fullmatch(text):
        text = " ".join(found.groups())
    return dates_within(text)


def years_between(first: int, last: int) -> tuple[str, ...]:
    """The years of a range, or nothing where it is empty or too wide to tell anybody apart."""
    if not 0 <= last - first <= WIDEST_RANGE:
        return ()
    return tuple(f"{year:04d}" for year in range(first, last + 1))
