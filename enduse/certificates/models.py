"""The end-use certificate as a thing of its own: one a number of an issuer, however many applications it stands behind."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.certificates.papers import AcceptedDifference, ImportAuthorisationClaim, Paper
from enduse.certificates.signed import IssuerKey, IssuerKeyEnded, SignedFile
from enduse.certificates.standing import CertificateStanding
from enduse.ledger.models import Fact, plain
from enduse.parties.models import Party, party_of
from enduse.words import Text, with_beginnings, words_in


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "certificate")
        if scope is Scope.ALL:
            return self
        own = party_of(user)
        if scope is not Scope.OWN_PARTY or own is None:
            return self.none()
        owned = Certificate.objects.filter(owner=own).order_by().values("pk")
        return self.filter(pk__in=owned.union(CertificateUse.objects.filter(party=own).order_by().values("certificate")))

    def lock(self, pk: int) -> Certificate:
        """The certificate, held against any other transaction until this one ends."""
        return self.select_for_update().get(pk=pk)


class Certificate(Fact):
    """What one certificate says. Its life (checked, confirmed, used, recalled) is later facts: see `states.py`.

    `key` is issuer and number as `key_of` writes them: no second certificate has it, in whatever spacing or case.
    `owner`: the party that filed it; empty where the authority issued it or took its signed file.
    """

    kind = "certificates.certificate"
    also_forgotten = ("signatory",)
    FILED, ISSUED, SIGNED = "filed", "issued", "signed"
    SOURCES = [(FILED, _("filed with an application")), (ISSUED, _("issued here")), (SIGNED, _("taken from the issuer's signed file"))]

    source = models.CharField(max_length=8, choices=SOURCES)
    key = models.CharField(max_length=270, unique=True)
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=200)
    signatory = models.CharField(max_length=200)
    issued_on = models.DateField()
    expires_on = models.DateField()
    single_use = models.BooleanField(default=True)
    quantity = models.PositiveIntegerField(null=True)  # null: a single use for whatever that application asks
    end_user = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    purpose = models.TextField(blank=True)
    # [{"firearm_type", "make", "model", "calibre", "quantity"}]; empty: its lines were not copied
    lines = models.JSONField(default=list)
    no_reexport = models.BooleanField()
    consents_to_checks = models.BooleanField()
    verifies_delivery = models.BooleanField()
    barred_regions = models.JSONField(default=list)
    barred_bodies = models.JSONField(default=list)
    file_sha256 = models.CharField(max_length=64, blank=True)
    owner = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["expires_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(single_use=True) | Q(quantity__isnull=False), name="a_certificate_for_many_states_its_quantity"),
            models.CheckConstraint(condition=Q(quantity__isnull=True) | Q(quantity__gt=0), name="a_certificate_covers_something"),
            models.CheckConstraint(condition=Q(expires_on__gte=F("issued_on")), name="a_certificate_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.issuer})"

    def content(self) -> dict[str, Any]:
        return {"source": self.source, **self.as_words()}

    def keep(self) -> None:
        CertificateText.objects.create(certificate=self, **text_of(self))
        _keep_standing(self)

    def as_words(self) -> dict[str, Any]:
        """What the certificate says, in plain values that another installation understands: names, no ids of ours."""
        return {
            "number": self.number, "issuer": self.issuer, "signatory": self.signatory, "issued_on": plain(self.issued_on),
            "expires_on": plain(self.expires_on), "single_use": self.single_use, "quantity": self.quantity, "end_user": self.end_user,
            "country": self.country, "purpose": self.purpose, "lines": plain(self.lines), "no_reexport": self.no_reexport,
            "consents_to_checks": self.consents_to_checks, "verifies_delivery": self.verifies_delivery,
            "barred_regions": plain(self.barred_regions), "barred_bodies": plain(self.barred_bodies), "file_sha256": self.file_sha256,
        }

    @property
    def capacity(self) -> int:
        """How much it can be used: one application, or its quantity of firearms."""
        return 1 if self.single_use else int(self.quantity or 0)

    def used(self) -> int:
        return sum(use.taken for use in self.uses.all())


def _keep_standing(certificate: Certificate) -> None:
    from enduse.certificates.keeping import keep_standing

    keep_standing(certificate)


def key_of(issuer: str, number: str) -> str:
    """Issuer and number without case and spaces: a second 'EUC 7' of the same office is found whatever way it is typed."""
    return "/".join("".join(part.casefold().split()) for part in (issuer, number))


class CertificateText(Text):
    """Derived: the words of a certificate's number, issuer and end user, so that it is found among hundreds of thousands."""

    certificate = models.OneToOneField(Certificate, primary_key=True, on_delete=models.CASCADE, related_name="text")


def text_of(certificate: Certificate) -> dict[str, str]:
    """The words that find a certificate. No order to forget takes these out of it, so they stand as long as it does."""
    return {"seen": " ".join(with_beginnings(words_in((certificate.number, certificate.issuer, certificate.end_user))))}


class CertificateUse(models.Model):
    """The certificate's own ledger: what an application takes of it (below zero: gives back), and the licence it became.

    `place` and `used_after` chain the rows, so that the database itself refuses a use beyond the capacity or a second
    row in the same place.
    """

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="uses")
    place = models.PositiveIntegerField()
    application = models.CharField(max_length=20, db_index=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    taken = models.IntegerField()
    used_after = models.PositiveIntegerField()
    capacity = models.PositiveIntegerField()
    licence = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["certificate", "place"], name="one_use_of_a_certificate_a_place"),
            models.CheckConstraint(condition=Q(used_after__lte=F("capacity")), name="no_use_beyond_the_certificate"),
        ]


class CertificateCheck(Fact):
    """Every element that a certificate must hold, looked at by a licensing officer. The latest check counts."""

    kind = "certificates.check"
    also_forgotten = ("answers",)  # their notes
    YES, NO, NOT_APPLICABLE = "yes", "no", "na"
    ANSWERS = [(YES, _("yes")), (NO, _("no")), (NOT_APPLICABLE, _("does not apply"))]

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="checks")
    # {code: {"answer": "yes", "by": "program"|"officer", "note": "..."}}
    answers = models.JSONField()
    lacks = models.JSONField(default=list)  # codes of what it must hold and does not
    note = models.TextField(blank=True)

    def blanked(self) -> dict[str, Any]:
        without = {code: answer | dict.fromkeys(answer.keys() & {"note"}, "") for code, answer in self.answers.items()}
        return super().blanked() | {"answers": without}

    def keep(self) -> None:
        _keep_standing(self.certificate)

    def content(self) -> dict[str, Any]:
        return {"certificate": self.certificate_id, "answers": plain(self.answers), "lacks": plain(self.lacks), "note": self.note}


class Inquiry(Fact):
    """The issuer is asked whether the certificate is its own, by a channel that the applicant did not name."""

    kind = "certificates.inquiry"
    also_forgotten = ("asked_whom",)
    CHANNELS = [
        ("mission", _("diplomatic mission")), ("published", _("published address of the issuer")), ("register", _("the issuer's own register")),
        ("contact_point", _("national contact point under a treaty")), ("other", _("another channel")),
    ]

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="inquiries")
    channel = models.CharField(max_length=14, choices=CHANNELS)
    asked_whom = models.CharField(max_length=200)
    found_in = models.CharField(max_length=300)  # where the address comes from
    asked_on = models.DateField()

    def content(self) -> dict[str, Any]:
        return {"certificate": self.certificate_id, "channel": self.channel, "asked_whom": self.asked_whom, "found_in": self.found_in,
                "asked_on": plain(self.asked_on)}


class InquiryAnswer(Fact):
    kind = "certificates.inquiry_answer"
    also_forgotten = ("answered_by",)
    CONFIRMED, DENIED, NO_ANSWER = "confirmed", "denied", "no_answer"
    OUTCOMES = [(CONFIRMED, _("confirmed")), (DENIED, _("denied: not theirs")), (NO_ANSWER, _("no answer"))]

    inquiry = models.OneToOneField(Inquiry, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    answered_by = models.CharField(max_length=200, blank=True)
    answered_on = models.DateField()
    note = models.TextField(blank=True)

    def keep(self) -> None:
        _keep_standing(self.inquiry.certificate)

    def content(self) -> dict[str, Any]:
        return {"certificate": self.inquiry.certificate_id, "inquiry": self.inquiry_id, "outcome": self.outcome, "answered_by": self.answered_by,
                "answered_on": plain(self.answered_on), "note": self.note}


class Challenge(Fact):
    """Something stands against the certificate: its issuer took it back, somebody disputes it, or it is forged.

    `number` and `issuer` are in what is logged, so that an issuer's proof of its recall tells what was recalled.
    """

    kind = "certificates.challenge"
    RECALLED, DISPUTED, FORGED = "recalled", "disputed", "forged"
    SORTS = [(RECALLED, _("recalled by its issuer")), (DISPUTED, _("disputed")), (FORGED, _("forged"))]

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="challenges")
    sort = models.CharField(max_length=8, choices=SORTS)
    reason = models.TextField()
    effective_on = models.DateField()

    def keep(self) -> None:
        _keep_standing(self.certificate)

    def content(self) -> dict[str, Any]:
        return {"certificate": self.certificate_id, "number": self.certificate.number, "issuer": self.certificate.issuer, "sort": self.sort,
                "reason": self.reason, "effective_on": plain(self.effective_on)}


class ChallengeLifted(Fact):
    """A dispute was settled in the certificate's favour, as another officer than the one who raised it found."""

    kind = "certificates.challenge_lifted"
    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="lifted")
    reason = models.TextField()

    def keep(self) -> None:
        _keep_standing(self.challenge.certificate)

    def content(self) -> dict[str, Any]:
        return {"certificate": self.challenge.certificate_id, "challenge": self.challenge_id, "reason": self.reason}


__all__ = [
    "AcceptedDifference", "Certificate", "CertificateCheck", "CertificateStanding", "CertificateText", "CertificateUse", "Challenge", "ChallengeLifted", "ImportAuthorisationClaim",
    "Inquiry", "InquiryAnswer", "IssuerKey", "IssuerKeyEnded", "Paper", "SignedFile", "key_of",
]
