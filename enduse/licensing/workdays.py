"""Working days and the clock of a review: which days count, when a case is due, how a question stops it.

Days off and lengths are dated data: `reference/holidays.csv` and `reference/review_clocks.csv`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from enduse import reference

REVIEW, QUESTION, REMINDER, ADVICE, ADVISORY = "REVIEW", "QUESTION", "REMINDER", "ADVICE", "ADVISORY"
DAY = timedelta(days=1)
Stop = tuple[date, date | None]  # asked on, ended on (None: still open)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm that Meeus gives)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    shift = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * shift) // 451
    month, day = divmod(h + shift - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=256)
def days_off(year: int) -> frozenset[date]:
    """The holidays of a year, each only while it was one."""
    found = set()
    for entry in reference.table("holidays").values():
        day = _day_of(entry.more["day"], year)
        if day is not None and _is_valid(entry, day):
            found.add(day)
    return frozenset(found)


def _day_of(rule: str, year: int) -> date | None:
    """`MM-DD` is of every year, `easter-2` moves with Easter, `YYYY-MM-DD` is of one year alone."""
    if rule.startswith("easter"):
        return easter(year) + timedelta(days=int(rule.removeprefix("easter") or 0))
    if len(rule) == len("MM-DD"):
        return date.fromisoformat(f"{year}-{rule}")
    day = date.fromisoformat(rule)
    return day if day.year == year else None


def _is_valid(entry: reference.Entry, on: date) -> bool:
    until = entry.more["valid_until"]
    return date.fromisoformat(entry.more["valid_from"]) <= on and (not until or on <= date.fromisoformat(until))


def length_of(code: str, on: date) -> int:
    """How many working days a clock of `review_clocks.csv` runs that starts on a day. A later row of the same clock is `CODE@2`."""
    for key, entry in reference.table("review_clocks").items():
        if key.split("@")[0] == code and _is_valid(entry, on):
            return int(entry.more["days"])
    raise LookupError(f"review_clocks.csv says nothing of {code} on {on}")


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in days_off(day.year)


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start` and up to `end`; below zero when `end` lies before."""
    if end < start:
        return -working_days_between(end, start)
    weeks, rest = divmod((end - start).days, 7)
    weekdays = 5 * weeks + sum((end - DAY * n).weekday() < 5 for n in range(rest))
    return weekdays - sum(start < day <= end and day.weekday() < 5 for year in range(start.year, end.year + 1) for day in days_off(year))


def after_working_days(start: date, count: int) -> date:
    """The working day that is so many after a day."""
    day = start
    while count > 0:
        day += DAY
        count -= is_working_day(day)
    return day


@dataclass(frozen=True)
class ReviewClock:
    """Where the clock of one review stands on a day: working days allowed and used; due on, unless a question stops it."""

    allowed: int
    used: int
    due_on: date | None
    stopped_since: date | None

    @property
    def left(self) -> int:
        return self.allowed - self.used

    @property
    def late(self) -> int:
        """How many working days over, or 0."""
        return max(0, -self.left)

    @property
    def is_overdue(self) -> bool:
        return self.left < 0


def review_clock(filed_on: date, stops: Sequence[Stop], today: date) -> ReviewClock:
    """The clock of a review filed on a day. The day of a question still counts; the days after it do not, up to the answer's own."""
    allowed = length_of(REVIEW, filed_on)
    open_since = min((asked for asked, ended in stops if ended is None), default=None)
    used = sum(_counts(day, stops) for day in _days(filed_on, today))
    if open_since is not None:
        return ReviewClock(allowed, used, None, open_since)
    due, left = filed_on, allowed
    while left > 0:
        due += DAY
        left -= _counts(due, stops)
    return ReviewClock(allowed, used, due, None)


def _days(start: date, end: date) -> list[date]:
    return [start + DAY * n for n in range(1, (end - start).days + 1)]


def _counts(day: date, stops: Sequence[Stop]) -> bool:
    return is_working_day(day) and not any(asked < day and (ended is None or day <= ended) for asked, ended in stops)
