"""Rules that are data with dates: who countersigns, what a legislature is told of, who licenses what, what may be amended, how long
a denial counts, when returns are due.

Each is a row of a plain table (`reference/*.csv`) with the first and the last day on which it applies; the page
`licensing:rules` shows them. A rule that has ended stays: what was decided under it is read with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language

from enduse import reference
from enduse.reference import Entry

COUNTERSIGN, THRESHOLDS, AUTHORITIES, AMENDMENTS, CERTIFICATES = (
    "countersign_rules", "notification_thresholds", "licensing_authorities", "licence_amendments", "certificate_rules")
RETURN_RULES, DENIALS = "return_rules", "denial_rules"
CONFIRMED, PER_CONSIGNMENT = "confirmed", "per_consignment"


@dataclass(frozen=True)
class Dated:
    """One rule: its row, and the days between which it applies (None: not limited)."""

    entry: Entry
    since: date | None
    until: date | None

    @property
    def code(self) -> str:
        return self.entry.code

    @property
    def text(self) -> str:
        return self.entry.text

    def says(self, column: str) -> str:
        return self.entry.more.get(column, "").strip()

    def number(self, column: str) -> int | None:
        """A whole number of the row; None where the rule does not look at it."""
        return int(self.says(column)) if self.says(column) else None

    @property
    def scope(self) -> str:
        """Which firearms an authority's rule is about, in the reader's language."""
        spanish = (get_language() or "en").startswith("es")
        return self.says("scope_es" if spanish else "scope_en")

    @property
    def value_usd(self) -> int | None:
        return self.number("value_usd")

    def each(self, column: str) -> list[str]:
        return [part for part in self.says(column).split("|") if part]

    def applies_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def rules(name: str) -> list[Dated]:
    """Every rule of a table, past and coming ones too, in the table's order."""
    return [Dated(entry, _day(entry.more.get("from")), _day(entry.more.get("until"))) for entry in reference.table(name).values()]


def in_force(name: str, day: date) -> list[Dated]:
    """The rules of a table that apply on a day."""
    return [rule for rule in rules(name) if rule.applies_on(day)]


def days_of(rule: Dated, at: str) -> str:
    """The days on which a rule applies, as a condition of the database over a moment."""
    since = f"{at} >= '{rule.since.isoformat()}'" if rule.since else "1 = 1"
    until = f"{at} < '{(rule.until + timedelta(days=1)).isoformat()}'" if rule.until else "1 = 1"
    return f"({since} AND {until})"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def countersigners_needed(lines: Iterable[Any], answers: Mapping[str, Mapping[str, str]], on: date) -> tuple[int, list[Dated]]:
    """How many countersign an approval of these lines, assessed so, on a day; and the rules that ask for more than one.

    `answers`: {code: {"level": ...}} of criteria and flags together.
    """
    lines = list(lines)
    asking = [rule for rule in in_force(COUNTERSIGN, on) if _asks(rule, lines, {answer.get("level", "") for answer in answers.values()})]
    most = max((rule.number("countersigners") or 1 for rule in asking), default=1)
    return most, [rule for rule in asking if (rule.number("countersigners") or 1) > 1]


def _asks(rule: Dated, lines: list[Any], levels: set[str]) -> bool:
    """Whether every test that the rule names is met."""
    value, automatic = rule.number("value_usd"), rule.number("automatic_quantity")
    types, risky = rule.each("firearm_types"), rule.each("level")
    return (
        (value is None or value_cents(lines) >= value * 100)
        and (automatic is None or sum(line.quantity for line in lines if line.automatic) >= automatic)
        and (not types or any(line.firearm_type in types for line in lines))
        and (not risky or bool(levels & set(risky)))
    )


def value_cents(lines: Iterable[Any]) -> int:
    return sum(line.quantity * line.unit_value_cents for line in lines)


def threshold_met(lines: Iterable[Any], country: str, on: date) -> Dated | None:
    """The notice to the legislature that an approval needs on a day: the one that waits longest; None: none."""
    lines = list(lines)
    met = [rule for rule in in_force(THRESHOLDS, on) if _is_met(rule, lines, country)]
    return max(met, key=lambda rule: rule.number("days") or 0, default=None)


def threshold_met_of(lines: Iterable[Any], countries: Iterable[str], on: date) -> Dated | None:
    """The same for an approval that covers several destinations: the one that waits longest over all of them."""
    lines = list(lines)
    met = [rule for country in countries if (rule := threshold_met(lines, country, on)) is not None]
    return max(met, key=lambda rule: rule.number("days") or 0, default=None)


def _is_met(rule: Dated, lines: list[Any], country: str) -> bool:
    only, but = rule.each("countries"), rule.each("except_countries")
    if (only and country not in only) or country in but:
        return False
    wanted = rule.says("automatic")
    counted = [line for line in lines if wanted in {"", "yes" if line.automatic else "no"}]
    least = rule.number("value_usd")
    return bool(counted) and (least is None or value_cents(counted) >= least * 100)


def authority_of(automatic: bool, on: date) -> Dated | None:
    """Who licenses such a firearm on a day, and on which form; None: the tables of that day do not say."""
    wanted = "yes" if automatic else "no"
    return next((rule for rule in in_force(AUTHORITIES, on) if rule.says("automatic") in {"", wanted}), None)


def certificate_confirmed(on: date) -> Dated | None:
    """The rule by which an approval of that day needs a certificate that its issuer confirmed; None: none does."""
    return next((rule for rule in in_force(CERTIFICATES, on) if rule.says("needs") == CONFIRMED), None)


def undertaking_per_consignment(on: date) -> Dated | None:
    """The rule by which each consignment of an open licence carries its end user's undertaking on a day; None: its application had one."""
    return next((rule for rule in in_force(CERTIFICATES, on) if rule.says("needs") == PER_CONSIGNMENT), None)


def returns_stop(on: date) -> Dated | None:
    """The rule by which an overdue return stops what moves on a day; None: it is alerted only."""
    return next((rule for rule in in_force(RETURN_RULES, on) if rule.says("stops") == "yes"), None)


def denials_count_for(on: date) -> int | None:
    """For how many months a denial counts on a day; None: no rule of that day says."""
    return next((rule.number("months") for rule in in_force(DENIALS, on)), None)


def consultation_asked(on: date) -> Dated | None:
    """The rule by which a state that denied the like is consulted before an approval of that day; None: none asks it."""
    return next((rule for rule in in_force(DENIALS, on) if rule.says("consult") == "yes"), None)


def text_of(name: str, code: str) -> str:
    return reference.text_of(name, code) if code else ""
