"""Warning flags that the program raises: each a pure function of what is known, with the evidence in a sentence or None.

An officer answers each; none of them decides anything. Codes are those of `reference/warning_flags.csv`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from enduse import reference
from enduse.licensing.models import Application, ApplicationLine, EndUseCertificate
from enduse.parties.models import Party, RecordLine

YEAR = timedelta(days=365)
CHECKS_COUNT_FOR = 3 * YEAR
TRACES_COUNT_FOR = 5 * YEAR
DENIALS_COUNT_FOR = 3 * YEAR
COUNT_EVERY = YEAR
CERTIFICATE_OLD_AFTER = YEAR
LOSS_LIMIT = 0.02
FIREARMS_A_PERSON = 1.0
PRICE_FACTOR = 3.0
PRICES_NEEDED = 3
MANY_INTERMEDIARIES = 2
HIGH_RISK_TYPES = frozenset({"rifle_precision", "rifle_antimateriel"})
MILITARY_TYPES = frozenset({"rifle_antimateriel", "mg_light", "mg_general"})


@dataclass(frozen=True)
class Known:
    """What is known when an application is looked at. Gathered by `queries.known`, so that the flags stay pure."""

    application: Application
    parties: Sequence[tuple[str, Party]]
    lines: Sequence[ApplicationLine]
    certificate: EndUseCertificate | None
    barred: Sequence[Party]
    today: date
    filed_on: date
    record: Mapping[str, RecordLine] = field(default_factory=dict)
    hits: Mapping[str, int] = field(default_factory=dict)  # party's name -> possible matches without an answer
    personnel: tuple[int, date] | None = None
    open_alerts: int = 0
    open_holds: int = 0
    same_number: Sequence[str] = ()  # references of applications whose certificate has the same number
    denied_like: Sequence[str] = ()  # references of like applications that were denied
    prices: Mapping[tuple[str, str, str], Sequence[int]] = field(default_factory=dict)  # (type, make, model) -> earlier unit values in cents

    def figure(self, kind: str, name: str) -> float:
        """A number of the end user's measured record; 0 where it was never measured."""
        line = self.record.get(kind)
        value: Any = line.figures.get(name, 0) if line is not None else 0
        return float(value) if isinstance(value, int | float) else 0.0

    def measured_within(self, kind: str, span: timedelta) -> bool:
        line = self.record.get(kind)
        return line is not None and self.today - line.as_of <= span


def raised(known: Known) -> dict[str, str]:
    """Every flag that is raised, with its evidence."""
    found = {code: flag(known) for code, flag in FLAGS.items()}
    return {code: evidence for code, evidence in found.items() if evidence}


def close_to_a_list(known: Known) -> str | None:
    if not known.hits:
        return None
    return _("Possible matches without an answer: %s.") % ", ".join(f"{name} ({count})" for name, count in sorted(known.hits.items()))


def more_than_people(known: Known) -> str | None:
    if known.personnel is None:
        return None
    people, month = known.personnel
    asked = sum(line.quantity for line in known.lines)
    if asked <= people * FIREARMS_A_PERSON:
        return None
    return _("%(asked)d firearms are asked for; %(people)d people served in %(month)s.") % {
        "asked": asked, "people": people, "month": month.strftime("%Y-%m")}


def unusual_for_this_body(known: Known) -> str | None:
    if known.application.end_user.kind == Party.ARMED_FORCE:
        return None
    odd = [line for line in known.lines if line.automatic or line.firearm_type in MILITARY_TYPES]
    if not odd:
        return None
    return _("Line %(lines)s: %(types)s for a body that is no armed force.") % {"lines": _numbers(odd), "types": _types(odd)}


def open_matters(known: Known) -> str | None:
    if not known.open_alerts and not known.open_holds:
        return None
    return _("%(alerts)d alerts and %(holds)d holds on this end user are open.") % {"alerts": known.open_alerts, "holds": known.open_holds}


def check_not_favourable(known: Known) -> str | None:
    bad = known.figure(RecordLine.CHECKED, "unfavourable") + known.figure(RecordLine.CHECKED, "inconclusive")
    if not bad or not known.measured_within(RecordLine.CHECKED, CHECKS_COUNT_FOR):
        return None
    return _("%(bad)d of %(all)d checks were unfavourable or inconclusive, as known on %(as_of)s.") % {
        "bad": bad, "all": known.figure(RecordLine.CHECKED, "checks"), "as_of": known.record[RecordLine.CHECKED].as_of}


def traced_to_it(known: Known) -> str | None:
    traced = known.figure(RecordLine.TRACED, "traced")
    if not traced or not known.measured_within(RecordLine.TRACED, TRACES_COUNT_FOR):
        return None
    line = known.record[RecordLine.TRACED]
    return _("%(traced)d recovered firearms were traced to it, the last on %(as_of)s (%(rests_on)s).") % {
        "traced": traced, "as_of": line.as_of, "rests_on": line.rests_on}


def loses_too_many(known: Known) -> str | None:
    kept = known.figure(RecordLine.DELIVERED, "delivered") - known.figure(RecordLine.DELIVERED, "resold")
    lost = known.figure(RecordLine.LOST, "lost")
    if kept <= 0 or lost / kept <= LOSS_LIMIT:
        return None
    return _("%(lost)d of %(kept)d that it kept are reported lost, stolen or carried off: %(share).1f %%; the limit is %(limit).1f %%.") % {
        "lost": lost, "kept": kept, "share": 100 * lost / kept, "limit": 100 * LOSS_LIMIT}


def not_counted(known: Known) -> str | None:
    if known.figure(RecordLine.DELIVERED, "delivered") <= 0 or known.measured_within(RecordLine.COUNTED, COUNT_EVERY):
        return None
    line = known.record.get(RecordLine.COUNTED)
    return _("It was last counted on %s.") % line.as_of if line is not None else _("Firearms were delivered and never counted.")


def forwarder_as_consignee(known: Known) -> str | None:
    consignee, end_user = known.application.consignee, known.application.end_user
    if consignee.end_user_id == end_user.end_user_id or consignee.kind not in {Party.COMPANY, Party.PERSON} or consignee.is_registered_maker:
        return None
    return _("%(consignee)s is the consignee; it is no part of %(end_user)s and no registered maker.") % {
        "consignee": consignee, "end_user": end_user}


def many_intermediaries(known: Known) -> str | None:
    named = [party.name for role, party in known.parties if role == "intermediary"]
    return _("%(count)d intermediaries: %(names)s.") % {"count": len(named), "names": ", ".join(named)} if len(named) >= MANY_INTERMEDIARIES else None


def same_address(known: Known) -> str | None:
    by_address: dict[str, set[str]] = {}
    for _role, party in known.parties:
        if party.address.strip():
            by_address.setdefault(" ".join(party.address.casefold().split()), set()).add(party.name)
    shared = [sorted(names) for names in by_address.values() if len(names) > 1]
    return _("The same address: %s.") % "; ".join(", ".join(names) for names in shared) if shared else None


def unregistered_intermediary(known: Known) -> str | None:
    named = [party.name for role, party in known.parties if role == "intermediary" and party.kind == Party.COMPANY and not party.registration]
    return _("Without registration: %s.") % ", ".join(named) if named else None


def dates_do_not_fit(known: Known) -> str | None:
    given = known.certificate
    if given is None:
        return None
    if given.expires_on < known.today:
        return _("The certificate expired on %s.") % given.expires_on
    if given.issued_on > known.filed_on:
        return _("The certificate is of %(issued)s, after the application of %(filed)s.") % {"issued": given.issued_on, "filed": known.filed_on}
    if known.filed_on - given.issued_on > CERTIFICATE_OLD_AFTER:
        return _("The certificate was issued on %s, more than a year before the application.") % given.issued_on
    return None


def number_used_before(known: Known) -> str | None:
    return _("The same certificate number stands in %s.") % ", ".join(known.same_number) if known.same_number else None


def certificate_disagrees(known: Known) -> str | None:
    if known.certificate is None:
        return None
    named = {known.application.end_user.name: known.application.end_user, known.application.consignee.name: known.application.consignee}
    barred = [name for name, party in named.items()
              if (party.region and party.region in known.certificate.barred_regions) or any(party.is_below(each) for each in known.barred)]
    return _("The certificate itself bars %s.") % ", ".join(barred) if barred else None


def assurance_missing(known: Known) -> str | None:
    if known.certificate is None:
        return None
    missing = [text for given, text in (
        (known.certificate.no_reexport, _("no re-export")), (known.certificate.consents_to_checks, _("consent to checks")),
        (known.certificate.verifies_delivery, _("proof of delivery"))) if not given]
    return _("Not assured: %s.") % ", ".join(missing) if missing else None


def third_country(known: Known) -> str | None:
    seller = known.application.seller
    expected = {known.application.country, known.application.applicant.country, seller.country if seller else known.application.country}
    odd = [f"{party.name} ({party.country})" for role, party in known.parties if role == "intermediary" and party.country not in expected]
    return _("In a third country: %s.") % ", ".join(odd) if odd else None


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
    return _("Line %(lines)s: %(types)s.") % {"lines": _numbers(risky), "types": _types(risky)}


def denied_before(known: Known) -> str | None:
    return _("Denied before: %s.") % ", ".join(known.denied_like) if known.denied_like else None


def elsewhere(known: Known) -> str | None:
    if known.application.country == known.application.end_user.country:
        return None
    return _("The destination is %(country)s; the end user is of %(own)s.") % {
        "country": known.application.country, "own": known.application.end_user.country}


def _numbers(lines: Sequence[ApplicationLine]) -> str:
    return ", ".join(str(line.number) for line in lines)


def _types(lines: Sequence[ApplicationLine]) -> str:
    return ", ".join(sorted({reference.text_of("firearm_types", line.firearm_type) + (_(", automatic") if line.automatic else "") for line in lines}))


FLAGS: dict[str, Callable[[Known], str | None]] = {
    "W02": close_to_a_list, "W03": more_than_people, "W04": unusual_for_this_body, "W08": open_matters, "W09": check_not_favourable,
    "W10": traced_to_it, "W11": loses_too_many, "W12": not_counted, "P03": forwarder_as_consignee, "P04": many_intermediaries,
    "P05": same_address, "P07": unregistered_intermediary, "D01": dates_do_not_fit, "D02": number_used_before, "D05": certificate_disagrees,
    "D07": assurance_missing, "P10": third_country, "M03": odd_price, "I01": high_risk_type, "C04": denied_before, "C05": elsewhere,
}
