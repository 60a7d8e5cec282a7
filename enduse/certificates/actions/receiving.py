"""A certificate is received once, used by applications within what it covers, and challenged when something is learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.certificates.keeping import keep_standing
from enduse.certificates.models import Certificate, CertificateUse, Challenge, ChallengeLifted, key_of
from enduse.ledger.actions import record
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem, Problems, Refused

# What must be the same when a certificate is filed again: the rest (purpose, lines) is copied by hand and compared elsewhere.
IDENTITY = ("issued_on", "expires_on", "single_use", "quantity")
MAX_QUANTITY = 1_000_000


class Reused(Refused):
    """A certificate was filed beyond what it covers, or with other words than those it was received with."""


@dataclass(frozen=True)
class CertificateWords:
    """A certificate as it reads, in plain values: names of bodies, no ids. `quantity` None: one use for what is asked."""

    number: str
    issuer: str
    signatory: str
    issued_on: date
    expires_on: date
    single_use: bool = True
    quantity: int | None = None
    end_user: str = ""
    country: str = ""
    purpose: str = ""
    lines: Sequence[Mapping[str, Any]] = ()
    no_reexport: bool = True
    consents_to_checks: bool = True
    verifies_delivery: bool = True
    barred_regions: Sequence[str] = ()
    barred_bodies: Sequence[str] = ()
    file_sha256: str = ""


def refuse_unclear(words: CertificateWords) -> None:
    """Every fault of what was typed, each with its field."""
    problems = Problems()
    for name in ("number", "issuer", "signatory"):
        if not getattr(words, name).strip():
            problems.add(_("The certificate's field is empty."), _("Copy it from the certificate."), field=name)
    if words.expires_on < words.issued_on:
        problems.add(_("The certificate expires before it was issued."), _("Correct one of the dates."), field="expires_on",
                     found=words.expires_on.isoformat())
    if not words.single_use and words.quantity is None:
        problems.add(_("A certificate for several applications states how many firearms it covers."),
                     _("Copy the quantity, or say that it is for a single use."), field="quantity")
    if words.quantity is not None and not 0 < words.quantity <= MAX_QUANTITY:
        problems.add(_("A certificate covers 1 to %(max)d firearms.") % {"max": MAX_QUANTITY}, _("Correct the quantity."), field="quantity", found=str(words.quantity))
    problems.raise_if_any()


def receive(words: CertificateWords, *, owner: Party | None, by: User, source: str = Certificate.FILED) -> Certificate:
    """The certificate of this issuer and number: recorded when it is new, else the one that is known, held against others.

    A step of other actions, which check the permission. Refused: it is known with other dates or another quantity.
    """
    refuse_unclear(words)
    key = key_of(words.issuer, words.number)
    with transaction.atomic():
        known = Certificate.objects.select_for_update().filter(key=key).first()
        if known is None:
            return _recorded(words, key, owner, by, source)
        different = [name for name in IDENTITY if getattr(known, name) != getattr(words, name)]
        if words.quantity is None and known.single_use and words.single_use:
            different = [name for name in different if name != "quantity"]  # left out by who filed it, not contradicted
        if different:
            raise Reused(
                _("Certificate %(number)s of %(issuer)s is known here with other words: %(fields)s differ."),
                _("Copy it again from the original; if it reads so, the issuer must say which of the two is its own."),
                number=words.number, issuer=words.issuer, fields=", ".join(different))
        return known


def same_words(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def _recorded(words: CertificateWords, key: str, owner: Party | None, by: User, source: str) -> Certificate:
    told = asdict(words) | {"lines": [dict(line) for line in words.lines], "barred_regions": sorted(words.barred_regions),
                            "barred_bodies": sorted(words.barred_bodies)}
    told |= {name: told[name].strip() for name in ("number", "issuer", "signatory", "end_user", "country", "purpose")}
    try:
        with transaction.atomic():
            return record(Certificate(key=key, source=source, owner=owner, **told), by=by)
    except IntegrityError as error:
        raise Reused(_("Certificate %(number)s of %(issuer)s was received a moment ago."), _("Look at it, then try again."),
                     number=words.number, issuer=words.issuer) from error


def use(certificate: Certificate, application: str, *, quantity: int, party: Party) -> CertificateUse | None:
    """What an application takes of a certificate is from now on `quantity` firearms (0: nothing; it gives back what it took).

    A step of licensing. Refused: the certificate does not cover it, counting every other application; two at once included.
    """
    with transaction.atomic():
        certificate = Certificate.objects.lock(certificate.pk)
        rows = list(certificate.uses.order_by("place"))
        mine = sum(row.taken for row in rows if row.application == application)
        used = sum(row.taken for row in rows)
        wanted = (1 if quantity else 0) if certificate.single_use else quantity
        if wanted > 0:
            refuse_beyond(certificate, quantity=quantity, wanted=wanted, others=used - mine)
        if wanted == mine:
            return None
        row = CertificateUse.objects.create(
            certificate=certificate, place=len(rows) + 1, application=application, party=party, taken=wanted - mine,
            used_after=used - mine + wanted, capacity=certificate.capacity)
        keep_standing(certificate)
        return row


def refuse_beyond(certificate: Certificate, *, quantity: int, wanted: int, others: int) -> None:
    """A single-use certificate carries one application; one for a quantity no more firearms than it states, over all."""
    if certificate.single_use and others:
        raise Reused(_("A certificate is used once; %(number)s of %(issuer)s stands behind another application."),
                     _("Ask the end user for a new certificate."), number=certificate.number, issuer=certificate.issuer)
    covers = certificate.quantity
    if covers is not None and quantity > covers - (0 if certificate.single_use else others):
        raise Reused(
            _("Certificate %(number)s covers %(covers)d firearms, of which other applications take %(others)d; this one asks for %(here)d."),
            _("Ask for at most %(left)d, or ask the end user for another certificate."), number=certificate.number, covers=covers,
            others=0 if certificate.single_use else others, here=quantity, left=max(0, covers - (0 if certificate.single_use else others)))
    if others + wanted > certificate.capacity:
        raise Reused(_("Certificate %(number)s covers no more."), _("Ask the end user for a new certificate."), number=certificate.number)


def carry(certificate: Certificate, application: str, licence: str, *, party: Party) -> CertificateUse:
    """A licence was issued on what an application took. A step of licensing."""
    with transaction.atomic():
        certificate = Certificate.objects.lock(certificate.pk)
        row = CertificateUse.objects.create(
            certificate=certificate, place=certificate.uses.count() + 1, application=application, party=party, taken=0,
            used_after=certificate.used(), capacity=certificate.capacity, licence=licence)
        keep_standing(certificate)
        return row


def challenge(certificate: Certificate, *, sort: str, reason: str, effective_on: date | None = None, by: User) -> Challenge:
    """Record that a certificate was recalled, is disputed or is forged. What was issued here can only be recalled."""
    permit(by, "certificates.challenge")
    if certificate.source == Certificate.ISSUED and sort != Challenge.RECALLED:
        raise Refused(_("%(number)s was issued here: it is not disputed, it is recalled."), _("Recall it."), number=certificate.number)
    return challenge_found(certificate, sort=sort, reason=reason, effective_on=effective_on, by=by)


def challenge_found(certificate: Certificate, *, sort: str, reason: str, effective_on: date | None = None, by: User) -> Challenge:
    """As `challenge`, for what an answer or a signed file told: its action has checked the permission."""
    problems = Problems()
    if sort not in dict(Challenge.SORTS):
        problems.add(_("There is no such sort."), _("Choose one of: %s.") % ", ".join(dict(Challenge.SORTS)), field="sort", found=sort)
    if not reason.strip():
        problems.add(_("A challenge says what it rests on."), _("Write what was learnt, and from whom."), field="reason")
    on = effective_on or clock.today()
    if on > clock.today():
        problems.add(_("This day is still to come."), _("Correct the date."), field="effective_on", found=on.isoformat())
    problems.raise_if_any()
    with transaction.atomic():
        certificate = Certificate.objects.lock(certificate.pk)
        if certificate.challenges.filter(sort=sort, lifted=None).exists():
            raise Refused(_("%(number)s is %(sort)s already."), _("Read its history."), number=certificate.number,
                          sort=str(dict(Challenge.SORTS)[sort]))
        return record(Challenge(certificate=certificate, sort=sort, reason=reason.strip(), effective_on=on), by=by)


def lift_challenge(challenge: Challenge, *, reason: str, by: User) -> ChallengeLifted:
    """A dispute is settled in the certificate's favour. A recall or a forgery is for good. Another officer than who raised it."""
    permit(by, "certificates.lift_challenge")
    if not reason.strip():
        raise Invalid(Problem(_("Settling a dispute says how."), _("Write what was found, and from whom."), field="reason"))
    with transaction.atomic():
        Certificate.objects.lock(challenge.certificate_id)
        if challenge.sort != Challenge.DISPUTED:
            raise Refused(_("A certificate that is %(sort)s stays so."), _("Ask the end user for a new certificate."),
                          sort=str(challenge.get_sort_display()))
        if ChallengeLifted.objects.filter(challenge=challenge).exists():
            raise Refused(_("This dispute was settled already."), _("Nothing is left to do."))
        if challenge.recorded_by_id == by.pk:
            raise Refused(_("You raised this dispute: another officer settles it."), _("Ask a second countersigner."), rule=2)
        return record(ChallengeLifted(challenge=challenge, reason=reason.strip()), by=by)
