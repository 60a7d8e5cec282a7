"""Kinds of licence: what each asks of an application, and how long it runs. Rows of `reference/licence_kinds.csv`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enduse import clock, reference
from enduse.codes import note_country
from enduse.licensing import dated
from enduse.parties.models import Party
from enduse.refusals import Problems

TABLE = "licence_kinds"
INDIVIDUAL, TEMPORARY, OPEN = "individual", "temporary", "open"
RETURN = "RETURN"  # the condition that every temporary licence carries
FIRST_USE, RETURNS = "FIRSTUSE", "RETURNS"  # the conditions that every open licence carries


@dataclass(frozen=True)
class KindAsked:
    """Which licence is asked for, with what only some kinds ask."""

    kind: str = INDIVIDUAL
    return_by: date | None = None  # of a temporary export: the day by which everything is back
    origin_country: str = ""  # of a re-export, a transit or a brokered sale: where the firearms come from
    consent: str = ""  # of a re-export: reference of the first exporting state's written consent
    recipients: tuple[Party, ...] = ()  # of an open export: who may receive besides the end user and the consignee
    destinations: tuple[str, ...] = ()  # of an open export: countries besides the first, in which they are

    def clean(self) -> KindAsked:
        return KindAsked(
            self.kind, self.return_by, self.origin_country.strip().upper(), self.consent.strip(), tuple(dict.fromkeys(self.recipients)),
            tuple(dict.fromkeys(each.strip().upper() for each in self.destinations if each.strip())))


def asks(kind: str) -> set[str]:
    """What a kind asks beyond every application."""
    return {each for each in reference.table(TABLE)[kind].more["asks"].split("|") if each}


def sells_abroad(kind: str) -> bool:
    """Whether its seller may stand abroad and be no maker registered here."""
    return "foreign_seller" in asks(kind)


def is_open(kind: str) -> bool:
    return kind == OPEN


def months_of(kind: str) -> int:
    return int(reference.table(TABLE)[kind].more["months"])


def rules() -> list[tuple[reference.Entry, str]]:
    """Every kind with its rule, in the reader's language."""
    column = "rule_es" if (get_language() or "en").startswith("es") else "rule_en"
    return [(entry, entry.more[column]) for entry in reference.table(TABLE).values()]


def refuse_unfitting(
    asked: KindAsked, *, country: str, transit_countries: Sequence[str], intermediaries: Sequence[Party], problems: Problems,
    brokers_itself: bool = False,
) -> None:
    """What the kind asks is there, and what it does not ask is left empty; each fault with its field."""
    if asked.kind not in reference.table(TABLE):
        problems.add(_("There is no such kind of licence."), _("Choose one of: %s.") % ", ".join(reference.table(TABLE)), field="kind", found=asked.kind)
        return
    needed = asks(asked.kind)
    for field, value, missing, how in (
        ("return_by", asked.return_by, _("A temporary export says by when it is back."), _("Give the day of return.")),
        ("origin_country", asked.origin_country, _("This kind of licence says where the firearms come from."), _("Give the country's two letters.")),
        ("consent", asked.consent, _("A re-export needs the written consent of the state that exported first."), _("Give the reference of its consent.")),
    ):
        if field in needed and not value:
            problems.add(missing, how, field=field)
        elif field not in needed and value:
            problems.add(_("This kind of licence does not ask for it."), _("Leave it empty, or choose another kind."), field=field, found=str(value))
    if "transit_countries" in needed and not any(each.strip() for each in transit_countries):
        problems.add(_("A transit names the countries on the way."), _("Give each country's two letters."), field="transit_countries")
    _refuse_unfitting_values(asked, needed, country, intermediaries, problems, brokers_itself=brokers_itself)
    _refuse_unfitting_recipients(asked, needed, country, problems)


def _refuse_unfitting_values(
    asked: KindAsked, needed: set[str], country: str, intermediaries: Sequence[Party], problems: Problems, *, brokers_itself: bool,
) -> None:
    origin = asked.origin_country
    if origin:
        note_country(problems, origin, "origin_country")
    if origin and origin == country.strip().upper():
        problems.add(_("The firearms come from where they go to."), _("Correct one of the two countries."), field="origin_country", found=origin)
    if asked.return_by is not None and asked.return_by <= clock.today():
        problems.add(_("The day of return has passed."), _("Give a day that is to come."), field="return_by", found=asked.return_by.isoformat())
    if "broker" in needed:
        if not intermediaries and not brokers_itself:
            problems.add(_("A brokered sale names its brokers."), _("Choose them among the brokers and agents."), field="intermediaries")
        for party in intermediaries:
            if not party.registration:
                problems.add(_("A broker is registered before it brokers."), _("Register it first, or name another."), field="intermediaries", found=party.name)


def _refuse_unfitting_recipients(asked: KindAsked, needed: set[str], country: str, problems: Problems) -> None:
    """Who may receive under an open licence: recipients by name, each in a country of the list; or a list of countries alone."""
    if "recipients" not in needed:
        for field, given in (("recipients", asked.recipients), ("destinations", asked.destinations)):
            if given:
                problems.add(_("This kind of licence does not ask for it."), _("Leave it empty, or choose another kind."), field=field,
                             found=", ".join(str(each) for each in given))
        return
    if not asked.recipients and not asked.destinations:
        problems.add(_("An open licence names its recipients, or lists the countries of those who may be registered."),
                     _("Name the other recipients, or list countries. For one end user ask for an individual licence."), field="recipients")
    for code in asked.destinations:
        note_country(problems, code, "destinations")
    listed = {country.strip().upper(), *asked.destinations}
    for party in asked.recipients:
        if party.parent_id is not None:
            problems.add(_("A recipient is a body at the top of its tree: its units receive with it."), _("Name the body above it."),
                         field="recipients", found=party.name)
        if party.country not in listed:
            problems.add(_("A recipient is in a country that the licence lists."), _("Add its country to the list."), field="destinations",
                         found=f"{party.name} ({party.country})")


def carried(asked: Any, recommended: Sequence[Mapping[str, Any]] = (), on: date | None = None) -> list[dict[str, Any]]:
    """The conditions that the kind of an application puts on its licence, beyond those that were recommended."""
    if is_open(asked.kind):
        named = {condition.get("code") for condition in recommended}
        rule = next(iter(dated.in_force(dated.RETURN_RULES, on or clock.today())), None)
        returns = {"months": rule.number("months") or 6, "days": rule.number("days") or 30} if rule is not None else None
        carrying = [{"code": FIRST_USE, "parameters": {}}] + ([{"code": RETURNS, "parameters": returns}] if returns else [])
        return [condition for condition in carrying if condition["code"] not in named]
    if asked.kind == TEMPORARY and asked.return_by is not None:
        return [{"code": RETURN, "parameters": {"on": asked.return_by.isoformat()}}]
    return []
