"""Short factories of certificates, each through the product's own actions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from enduse import clock, reference
from enduse.certificates import actions
from enduse.certificates.models import Certificate, CertificateCheck, Inquiry, IssuerKey
from enduse.certificates.queries import read_by_program
from enduse.engines.translog import Signer, public_key
from enduse.licensing.models import Application
from tests.given import People
from tests.licensing import given as licensing


def filed(people: People, **changes: Any) -> Certificate:
    """The certificate of an application that was just submitted."""
    return certificate_of(licensing.submitted(people, **changes))


def certificate_of(application: Application) -> Certificate:
    return Certificate.objects.get(filed_as__application=application)


def for_quantity(quantity: int, number: str = "EUC-Q") -> Any:
    return licensing.certificate(number, single_use=False, quantity=quantity)


def answers(**changes: str) -> dict[str, dict[str, str]]:
    """Every element answered yes; `changes` by code."""
    given = {code: {"answer": "yes", "note": "Seen."} for code in reference.table("euc_checklist")}
    return given | {code: {"answer": answer, "note": "Seen."} for code, answer in changes.items()}


def checked(people: People, certificate: Certificate, **changes: str) -> CertificateCheck:
    return actions.check(certificate, answers=answers(**changes), found=read_by_program(certificate), by=people.officer)


def asked(people: People, certificate: Certificate) -> Inquiry:
    return actions.inquire(certificate, channel="mission", asked_whom="Head of the arms office", found_in="Our mission's list of 2011",
                           asked_on=clock.today() - timedelta(days=3), by=people.officer)


ISSUER = "Secretariat of Defence, arms registration"
LINES = [{"firearm_type": "rifle_assault", "make": "colt", "model": "M4", "calibre": "556nato", "quantity": 100}]


def words(number: str = "MX-2011-7", **changes: Any) -> actions.CertificateWords:
    told: dict[str, Any] = {
        "number": number, "issuer": ISSUER, "signatory": "Director of arms registration", "issued_on": clock.today() - timedelta(days=30),
        "expires_on": clock.today() + timedelta(days=700), "end_user": "Secretariat of Defence", "country": "MX", "purpose": "Service rifles",
        "lines": LINES}
    return actions.CertificateWords(**{**told, **changes})


def issued(people: People, number: str = "MX-2011-7", **changes: Any) -> Certificate:
    return actions.issue(words(number, **changes), by=people.officer)


def trusted(people: People, private_key: str, issuer: str = ISSUER) -> IssuerKey:
    return actions.trust_issuer(issuer=issuer, country="MX", vkey=public_key(private_key), obtained="Handed over at the embassy, compared by voice.",
                                by=people.countersigner)


@contextmanager
def another_installation(private_key: str) -> Iterator[None]:
    """What is done within is done by an installation of another state, with its own key and log; of it only what is taken out remains."""
    from enduse.ledger import actions as ledger

    signer, origin = Signer.parse(private_key), settings.ENDUSE_LOG_ORIGIN
    ours, ledger.signer = ledger.signer, lambda *_size: signer  # type: ignore[assignment]
    settings.ENDUSE_LOG_ORIGIN = signer.name
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        ledger.signer, settings.ENDUSE_LOG_ORIGIN = ours, origin
