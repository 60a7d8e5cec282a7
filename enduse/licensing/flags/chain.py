"""Flags on the chain: consignee, intermediaries, companies, who pays."""

from __future__ import annotations

from django.utils.translation import gettext as _

from enduse.licensing.flags.known import YEAR, Known
from enduse.parties.models import Party

MANY_INTERMEDIARIES = 2
YOUNG_COMPANY = 5 * YEAR


def young_company(known: Known) -> str | None:
    young = {party.name: party.founded_on for _role, party in known.parties
             if party.kind == Party.COMPANY and party.founded_on is not None and known.filed_on - party.founded_on < YOUNG_COMPANY}
    return _("Founded less than five years ago: %s.") % ", ".join(f"{name} ({day})" for name, day in young.items()) if young else None


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
    said = [_("The same address: %s.") % "; ".join(", ".join(names) for names in shared)] if shared else []
    said += [_("%(party)s gives the address of %(others)s, on a list or denied before.") % {"party": party, "others": ", ".join(others)}
             for party, others in known.doubtful_addresses.items()]
    return " ".join(said) or None


def unregistered_intermediary(known: Known) -> str | None:
    named = [party.name for role, party in known.parties if role == "intermediary" and party.kind == Party.COMPANY and not party.registration]
    return _("Without registration: %s.") % ", ".join(named) if named else None


def third_country(known: Known) -> str | None:
    seller = known.application.seller
    expected = {known.application.country, known.application.applicant.country, seller.country if seller else known.application.country}
    odd = [f"{party.name} ({party.country})" for role, party in known.parties if role == "intermediary" and party.country not in expected]
    return _("In a third country: %s.") % ", ".join(odd) if odd else None


def changed_since(known: Known) -> str | None:
    if not known.changed:
        return None
    return _("Changed since a licence that is still live: %s.") % "; ".join(
        _("%(party)s on %(day)s (%(licence)s)") % {"party": party, "day": day, "licence": licence} for party, day, licence in known.changed)


def somebody_else_pays(known: Known) -> str | None:
    payer = known.application.payer
    if payer is None:
        return None
    others = {party.pk for role, party in known.parties if role != "payer"}
    if payer.pk not in others:
        return _("%(payer)s (%(country)s) pays and is no other party of the application.") % {"payer": payer, "country": payer.country}
    if payer.country != known.application.end_user.country:
        return _("%(payer)s pays from %(country)s; the end user is of %(own)s.") % {
            "payer": payer, "country": payer.country, "own": known.application.end_user.country}
    return None


FLAGS = {
    "P01": young_company, "P03": forwarder_as_consignee, "P04": many_intermediaries, "P05": same_address, "P07": unregistered_intermediary,
    "P09": changed_since, "P10": third_country, "M02": somebody_else_pays,
}
