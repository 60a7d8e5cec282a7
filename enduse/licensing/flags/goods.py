"""Flags on what is asked for, at which price, and where it goes."""

from __future__ import annotations

from statistics import median

from django.utils.translation import gettext as _

from enduse import reference
from enduse.licensing import country_lists
from enduse.licensing.flags.known import Known, numbers, types

PRICE_FACTOR = 3.0
PRICES_NEEDED = 3
HIGH_RISK_TYPES = frozenset({"rifle_precision", "rifle_antimateriel"})


def odd_price(known: Known) -> str | None:
    odd = []
    for line in known.lines:
        earlier = known.prices.get((line.firearm_type, line.make, line.model), ())
        if len(earlier) < PRICES_NEEDED or not line.unit_value_cents:
            continue
        usual = median(earlier)
        if not usual / PRICE_FACTOR <= line.unit_value_cents <= usual * PRICE_FACTOR:
            odd.append(_("line %(number)d: %(price).2f USD, usually %(usual).2f USD (%(count)d earlier)") % {
                "number": line.number, "price": line.unit_value_cents / 100, "usual": usual / 100, "count": len(earlier)})
    return "; ".join(odd) or None


def high_risk_type(known: Known) -> str | None:
    risky = [line for line in known.lines if line.automatic or line.firearm_type in HIGH_RISK_TYPES]
    if not risky:
        return None
    return _("Line %(lines)s: %(types)s.") % {"lines": numbers(risky), "types": types(risky, _(", automatic"))}


def calibre_not_in_service(known: Known) -> str | None:
    odd = [line for line in known.lines if known.calibres_held and line.calibre not in known.calibres_held]
    if not odd:
        return None
    held = ", ".join(f"{reference.text_of('calibres', calibre)} ({licence})" for calibre, licence in sorted(known.calibres_held.items()))
    return _("Line %(lines)s: not a calibre delivered to it before; those were %(held)s.") % {"lines": numbers(odd), "held": held}


def denied_before(known: Known) -> str | None:
    said = [_("Denied before: %s.") % ", ".join(known.denied_like)] if known.denied_like else []
    said += [_("Denied by another state: %s; consult it.") % ", ".join(known.denied_elsewhere)] if known.denied_elsewhere else []
    return " ".join(said) or None


def elsewhere(known: Known) -> str | None:
    if known.application.country == known.application.end_user.country:
        return None
    return _("The destination is %(country)s; the end user is of %(own)s.") % {
        "country": known.application.country, "own": known.application.end_user.country}


def embargo(known: Known) -> str | None:
    return _listed(known, country_lists.EMBARGO, known.countries())


def way_through_diversion(known: Known) -> str | None:
    return _listed(known, country_lists.DIVERSION, known.application.transit_countries)


def weak_governance(known: Known) -> str | None:
    return _listed(known, country_lists.GOVERNANCE, known.application.countries())


def _listed(known: Known, sort: str, countries: list[str]) -> str | None:
    return "; ".join(country_lists.in_words(entry) for entry in country_lists.said_of(countries, sort, known.today)) or None


OF_AN_END_USER = ("I02", "C04")  # these look at what the end user held and was denied

FLAGS = {
    "M03": odd_price, "I01": high_risk_type, "I02": calibre_not_in_service, "R01": way_through_diversion, "C01": embargo,
    "C03": weak_governance, "C04": denied_before, "C05": elsewhere,
}
