"""What a list of countries says of a country on a day: an embargo, a history of diversion, weak governance.

The packaged list holds embargoes of the Security Council. An installation's own `reference/countries.csv` takes its place and
adds what the authority itself holds of countries (`diversion`, `governance`), each with its dates: nothing is presumed of any.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from enduse import reference

EMBARGO, DIVERSION, GOVERNANCE = "embargo", "diversion", "governance"


def said_of(countries: Iterable[str], sort: str, on: date) -> list[reference.Entry]:
    """The entries of a sort that stand on a day for any of these countries."""
    asked = {country.upper() for country in countries if country}
    return [
        entry for entry in reference.table("countries").values()
        if entry.more["sort"] == sort and entry.more["country"] in asked and _stands(entry, on)
    ]


def in_words(entry: reference.Entry) -> str:
    return f"{entry.more['country']}: {entry.text} ({entry.code})"


def _stands(entry: reference.Entry, on: date) -> bool:
    since, until = entry.more["since"], entry.more["until"]
    return (not since or date.fromisoformat(since) <= on) and (not until or on <= date.fromisoformat(until))
