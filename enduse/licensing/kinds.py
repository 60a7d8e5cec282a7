"""Kinds of licence: what each asks of an application, and how long it runs. Rows of `reference/licence_kinds.csv`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enduse import clock, reference
from enduse.parties.models import Party
from enduse.refusals import Problems

TABLE = "licence_kinds"
INDIVIDUAL, TEMPORARY = "individual", "temporary"
RETURN = "RETURN"  # the condition that every temporary licence carries


@dataclass(frozen=True)
class KindAsked:
    """Which licence is asked for, with what only some kinds ask."""

    kind: str = INDIVIDUAL
    return_by: date | None = None  # of a temporary export: the day by which everything is back
    origin_country: str = ""  # of a re-export, a transit or a brokered sale: where the firearms come from
    consent: str = ""  # of a re-export: reference of the first exporting state's written consent

    def clean(self) -> KindAsked:
        return KindAsked(self.kind, self.return_by, self.origin_country.strip().upper(), self.consent.strip())


def asks(kind: str) -> set[str]:
    """What a kind asks beyond every application."""
    return {each for each in reference.table(TABLE)[kind].more["asks"].split("|") if each}


def months_of(kind: str) -> int:
    return int(reference.table(TABLE)[kind].more["months"])


def rules() -> list[tuple[reference.Entry, str]]:
    """Every kind with its rule, in the reader's language."""
    column = "rule_es" if (get_language() or "en").startswith("es") else "rule_en"
    return [(entry, entry.more[column]) for entry in reference.table(TABLE).values()]


def refuse_unfitting(asked: KindAsked, *, country: str, transit_countries: Sequence[str], intermediaries: Sequence[Party], problems: Problems) -> None:
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
    _refuse_unfitting_values(asked, needed, country, intermediaries, problems)


def _refuse_unfitting_values(asked: KindAsked, needed: set[str], country: str, intermediaries: Sequence[Party], problems: Problems) -> None:
    origin = asked.origin_country
    if origin and (len(origin) != 2 or not origin.isalpha()):
        problems.add(_("A country is two letters."), _("Use its ISO 3166 code, such as MX."), field="origin_country", found=origin)
    elif origin and origin == country.strip().upper():
        problems.add(_("The firearms come from where they go to."), _("Correct one of the two countries."), field="origin_country", found=origin)
    if asked.return_by is not None and asked.return_by <= clock.today():
        problems.add(_("The day of return has passed."), _("Give a day that is to come."), field="return_by", found=asked.return_by.isoformat())
    if "broker" in needed:
        if not intermediaries:
            problems.add(_("A brokered sale names its brokers."), _("Choose them among the brokers and agents."), field="intermediaries")
        for party in intermediaries:
            if not party.registration:
                problems.add(_("A broker is registered before it brokers."), _("Register it first, or name another."), field="intermediaries", found=party.name)


def carried(asked: Any) -> list[dict[str, Any]]:
    """The conditions that the kind of an application puts on its licence."""
    if asked.kind == TEMPORARY and asked.return_by is not None:
        return [{"code": RETURN, "parameters": {"on": asked.return_by.isoformat()}}]
    return []
