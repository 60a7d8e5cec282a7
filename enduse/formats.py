"""Numbers, shares, intervals and dates as people read them, in the language of the page."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language
from django.utils.translation import gettext as _

Number = int | float | Decimal

# Spanish as written in Mexico: a comma for thousands and a point for decimals, as in the sources of these figures.
LOCALES = {"en": "en_GB", "es": "es_MX"}


def locale() -> str:
    return LOCALES.get((get_language() or "en")[:2], "en_GB")


def number(value: Number | None, digits: int | None = None) -> str:
    """12345 -> '12,345'. `digits`: decimals (default: none for whole or large numbers, else up to two)."""
    if value is None:
        return "–"
    if digits is None:
        digits = 0 if float(value).is_integer() or abs(float(value)) >= 100 else 2
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(round(float(value), digits), format=pattern, locale=locale())


def share_digits(value: Number) -> int:
    """How many decimals a share needs to be told apart from nothing: none from 10 %, one from 1 %, two below."""
    percent = abs(float(value)) * 100
    return 0 if percent >= 10 or percent == 0 else 1 if percent >= 1 else 2


def share(value: Number | None, digits: int | None = None) -> str:
    """0.113 -> '11%', 0.025 -> '2.5%'. A whole number of percent is written without decimals."""
    if value is None:
        return "–"
    digits = share_digits(value) if digits is None else digits
    if digits and round(float(value) * 100, digits).is_integer():
        digits = 0
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
    return format_percent(value, format=pattern, locale=locale())


def interval(low: Number | None, high: Number | None, *, as_share: bool = False, digits: int | None = None) -> str:
    """'3,900 to 5,600', or with `as_share` '6% to 11%'."""
    if low is None or high is None:
        return "–"
    say = share if as_share else number
    if digits is None and as_share:
        digits = share_digits(high)
    return _("%(low)s to %(high)s") % {"low": say(low, digits), "high": say(high, digits)}


def day(value: date | datetime | None) -> str:
    """'14 May 2009'."""
    return "–" if value is None else format_date(value, format="d MMM y", locale=locale())


def moment(value: datetime | None) -> str:
    """'14 May 2009, 09:30 UTC'."""
    return "–" if value is None else format_datetime(value, format="d MMM y, HH:mm", locale=locale()) + " UTC"


def month(value: date) -> str:
    return format_date(value, format="MMM y", locale=locale())


def days_between(start: date | None, until: date | None) -> str:
    """A day, or the range in which it lies: 'May 2009' for a whole month, '2009' for a whole year."""
    if start is None:
        return _("date not known")
    if until is None or until == start:
        return day(start)
    last = calendar.monthrange(until.year, until.month)[1]
    if start.day == 1 and until.day == last:
        if (start.year, start.month) == (until.year, until.month):
            return month(start)
        if (start.month, until.month) == (1, 12):
            return str(start.year) if start.year == until.year else f"{start.year}–{until.year}"
    return _("between %(start)s and %(until)s") % {"start": day(start), "until": day(until)}
