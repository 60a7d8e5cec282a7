"""An importing state issues its certificates; an exporting one takes their signed files under keys that it trusts."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.certificates.actions.receiving import IDENTITY, CertificateWords, challenge_found, receive, same_words
from enduse.certificates.models import Certificate, Challenge, IssuerKey, IssuerKeyEnded, SignedFile, key_of
from enduse.codes import note_country, note_unlisted
from enduse.engines import translog
from enduse.ledger.actions import record
from enduse.ledger.proofs import proof_of
from enduse.refusals import Invalid, Problem, Problems, Refused

MAX_FILE = 1_000_000
MAX_LINES = 200


def issue(words: CertificateWords, *, by: User) -> Certificate:
    """Issue a certificate: from here on it stands in this installation's log. Refused: its number was given before."""
    permit(by, "certificates.issue")
    problems = Problems()
    for name in ("end_user", "country", "purpose"):
        if not getattr(words, name).strip():
            problems.add(_("A certificate says this."), _("Fill it in."), field=name)
    check_lines(words.lines, problems)
    total = sum(int(line.get("quantity") or 0) for line in words.lines)
    if words.quantity is not None and words.quantity != total:
        problems.add(_("The quantity is not the sum of the lines."), _("Correct one of them."), field="quantity", found=str(words.quantity))
    problems.raise_if_any()
    with transaction.atomic():
        if Certificate.objects.filter(key=key_of(words.issuer, words.number)).exists():
            raise Refused(_("A certificate %(number)s of %(issuer)s is known already."), _("Give it the next number."), number=words.number,
                          issuer=words.issuer)
        told = {each.name: getattr(words, each.name) for each in fields(words)} | {"quantity": total}
        return receive(CertificateWords(**told), owner=None, by=by, source=Certificate.ISSUED)


def check_lines(lines: Any, problems: Problems) -> None:
    """Each line names a type and a calibre of the reference lists and how many."""
    if not 0 < len(lines) <= MAX_LINES:
        problems.add(_("It has 1 to %(max)d lines.") % {"max": MAX_LINES}, _("Copy its lines."), field="lines", found=str(len(lines)))
    for number, line in enumerate(lines[:MAX_LINES], start=1):
        note_unlisted(problems, number, **{field: str(line.get(field, "")) for field in ("firearm_type", "make", "calibre")})
        quantity = line.get("quantity")
        if type(quantity) is not int or not 0 < quantity <= 1_000_000:
            problems.add(_("A line has 1 to %(max)d firearms.") % {"max": 1_000_000}, _("Correct the quantity."), row=number, field="quantity",
                         found=str(quantity))


def signed_file(fact: Certificate | Challenge) -> str:
    """The proof file of what this installation issued, or of its recall: what the other state takes."""
    certificate = fact if isinstance(fact, Certificate) else fact.certificate
    if certificate.source != Certificate.ISSUED:
        raise Refused(_("%(number)s was not issued here: only its issuer signs it."), _("Ask its issuer for the signed file."),
                      number=certificate.number)
    return proof_of(fact)


def trust_issuer(*, issuer: str, country: str, vkey: str, obtained: str, by: User) -> IssuerKey:
    """Trust the public key of an issuing authority's log. How it was obtained is written down: all later proof rests on it."""
    permit(by, "certificates.trust_issuer")
    problems = Problems()
    for name, value in (("issuer", issuer), ("obtained", obtained)):
        if not value.strip():
            problems.add(_("A key is trusted by name and source."), _("Write whose it is and how it came to you."), field=name)
    note_country(problems, country, "country")
    try:
        verifier = translog.Verifier.parse(vkey)
        if verifier.algorithm != translog.ED25519:
            problems.add(_("This is the key of a witness, not of a log."), _("Ask for the log's own key."), field="vkey")
    except translog.TranslogError as error:
        problems.add(_("This is no public key of a log: %s.") % error, _("Copy the whole line that the other log publishes."), field="vkey",
                     found=vkey.strip())
    problems.raise_if_any()
    try:
        with transaction.atomic():
            return record(IssuerKey(issuer=issuer.strip(), country=country.strip().upper(), vkey=str(verifier), obtained=obtained.strip()), by=by)
    except IntegrityError as error:
        raise Invalid(Problem(_("This key is here already."), _("Look in the list of keys."), field="vkey", found=vkey.strip())) from error


def end_trust(key: IssuerKey, *, reason: str, by: User) -> IssuerKeyEnded:
    """Take no more files under this key. What was taken before stays as it was proved."""
    permit(by, "certificates.trust_issuer")
    if not reason.strip():
        raise Invalid(Problem(_("Ending trust says why."), _("Write what happened to the key."), field="reason"))
    with transaction.atomic():
        if IssuerKeyEnded.objects.filter(issuer_key=key).exists():
            raise Refused(_("This key is no longer trusted already."), _("Nothing is left to do."))
        return record(IssuerKeyEnded(issuer_key=key, reason=reason.strip()), by=by)


def take_file(text: str, *, by: User) -> tuple[SignedFile, Challenge | None]:
    """Verify an issuer's proof file and take what it says: a certificate, or its recall. The receiving log commits to it.

    A file that says otherwise than what was filed under the same number disputes that certificate. Invalid: no proof
    file, or it proves nothing under the trusted keys. Refused: a key that is another's, an entry that was taken before.
    """
    permit(by, "certificates.take_file")
    proved, key = _proved(text)
    kind, said = proved.content.get("kind"), proved.content.get("content")
    if not isinstance(said, dict) or kind not in {Certificate.kind, Challenge.kind}:
        raise _bad(_("It proves an entry of another kind (%s).") % str(kind)[:60])
    if not same_words(str(said.get("issuer", "")), key.issuer):
        raise Refused(_("The key is trusted for %(key)s; this entry speaks for %(issuer)s."),
                      _("Take only what the authority of this key issued itself."), key=key.issuer, issuer=str(said.get("issuer", ""))[:80])
    with transaction.atomic():
        if kind == Certificate.kind:
            certificate, challenge = _take_certificate(said, by)
            says = SignedFile.ISSUED
        else:
            certificate, challenge = _take_recall(said, by)
            says = SignedFile.RECALLED
        return _keep(text, proved, key, certificate, says, by), challenge


def _bad(why: str) -> Invalid:
    return Invalid(Problem(_("This is no signed file of a certificate. %s") % why, _("Ask the issuer to export it again, and do not open or edit it."),
                           field="file"))


def _proved(text: str) -> tuple[translog.ProvedEvent, IssuerKey]:
    if len(text) > MAX_FILE:
        raise _bad(_("It is larger than any."))
    try:
        leaf = translog.parse_tlog_proof(translog.parse_event_proof(text).leaf)
        origin = translog.parse_checkpoint(leaf.checkpoint).origin
    except translog.TranslogError as error:
        raise _bad(str(error)) from error
    known = [each for each in IssuerKey.objects.filter(ended=None) if translog.Verifier.parse(each.vkey).name == origin]
    if not known:
        raise Refused(_("No key of the log %(origin)s is trusted here."),
                      _("A countersigner obtains the issuer's key by a channel of your own and registers it."), origin=origin[:80])
    try:
        proved = translog.verify_event_proof(text, [each.vkey for each in known], origin=origin)
    except translog.TranslogError as error:
        raise _bad(str(error)) from error
    signed = {str(each) for each in proved.leaf.signed_by}
    return proved, next(each for each in known if each.vkey in signed)


def _words(said: dict[str, Any]) -> CertificateWords:
    try:
        told: dict[str, Any] = {each.name: said[each.name] for each in fields(CertificateWords)}
        told |= {name: date.fromisoformat(told[name]) for name in ("issued_on", "expires_on")}
        kinds = {"single_use": bool, "no_reexport": bool, "consents_to_checks": bool, "verifies_delivery": bool, "lines": list,
                 "barred_regions": list, "barred_bodies": list}
        wrong = [name for name, value in told.items() if name not in {"issued_on", "expires_on", "quantity"}
                 and not isinstance(value, kinds.get(name, str))]
        if wrong or not (told["quantity"] is None or type(told["quantity"]) is int) or said.get("source") != Certificate.ISSUED:
            raise ValueError(", ".join(wrong) or "source, quantity")
    except (KeyError, TypeError, ValueError) as error:
        raise _bad(_("A field is missing or not as it should be: %s.") % error) from error
    return CertificateWords(**told)


def _take_certificate(said: dict[str, Any], by: User) -> tuple[Certificate, Challenge | None]:
    words = _words(said)
    known = Certificate.objects.select_for_update().filter(key=key_of(words.issuer, words.number)).first()
    if known is None:
        return receive(words, owner=None, by=by, source=Certificate.SIGNED), None
    different = [name for name in IDENTITY if getattr(known, name) != getattr(words, name)]
    # A paper that is filed for a single use leaves its quantity out: the file completes it and contradicts nothing.
    if known.quantity is None and known.single_use and words.single_use:
        different = [name for name in different if name != "quantity"]
    if not different or known.challenges.filter(sort=Challenge.DISPUTED, lifted=None).exists():
        return known, None
    reason = _("The issuer's signed file says otherwise than what was filed: %s differ.") % ", ".join(different)
    return known, challenge_found(known, sort=Challenge.DISPUTED, reason=reason, by=by)


def _take_recall(said: dict[str, Any], by: User) -> tuple[Certificate, Challenge | None]:
    if said.get("sort") != Challenge.RECALLED:
        raise _bad(_("It recalls nothing."))
    known = Certificate.objects.select_for_update().filter(key=key_of(str(said.get("issuer", "")), str(said.get("number", "")))).first()
    if known is None:
        raise Refused(_("The certificate that this file recalls is not known here: %(number)s."),
                      _("Take the certificate's own signed file first; then nothing can be filed on it."), number=str(said.get("number", ""))[:60])
    if known.challenges.filter(sort=Challenge.RECALLED).exists():
        return known, None
    return known, challenge_found(known, sort=Challenge.RECALLED, reason=str(said.get("reason", "")) or "–", by=by)


def _keep(text: str, proved: translog.ProvedEvent, key: IssuerKey, certificate: Certificate, says: str, by: User) -> SignedFile:
    head = proved.leaf.checkpoint
    file = SignedFile(
        certificate=certificate, issuer_key=key, says=says, origin=head.origin, index=proved.leaf.index, size=head.size, root=head.root.hex(),
        text=text, sha256=hashlib.sha256(text.encode()).hexdigest())
    try:
        with transaction.atomic():
            return record(file, by=by)
    except IntegrityError as error:
        raise Refused(_("Entry %(index)d of this log was taken already."), _("Look at certificate %(number)s."), index=proved.leaf.index,
                      number=certificate.number) from error
