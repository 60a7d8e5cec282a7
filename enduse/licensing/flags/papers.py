"""Flags on the end-use certificate: its dates, its number, what it assures and bars."""

from __future__ import annotations

from django.utils.translation import gettext as _

from enduse.licensing.flags.known import YEAR, Known

CERTIFICATE_OLD_AFTER = YEAR


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


FLAGS = {"D01": dates_do_not_fit, "D02": number_used_before, "D05": certificate_disagrees, "D07": assurance_missing}
