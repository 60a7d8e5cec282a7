"""Certificates that come with their issuer's proof: the keys that are trusted, and the files that were taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from enduse.ledger.models import Fact


class IssuerKey(Fact):
    """The public key of an issuing authority's log, obtained by a channel that is written down."""

    kind = "certificates.issuer_key"
    issuer = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    vkey = models.CharField(max_length=300, unique=True)
    obtained = models.TextField()  # how, from whom

    def __str__(self) -> str:
        return self.issuer

    def content(self) -> dict[str, Any]:
        return {"issuer": self.issuer, "country": self.country, "vkey": self.vkey, "obtained": self.obtained}


class IssuerKeyEnded(Fact):
    """From here on the key is not trusted: what was taken under it before stays as it was proved."""

    kind = "certificates.issuer_key_ended"
    issuer_key = models.OneToOneField(IssuerKey, on_delete=models.PROTECT, related_name="ended")
    reason = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"issuer_key": self.issuer_key_id, "reason": self.reason}


class SignedFile(Fact):
    """An issuer's proof file that was verified when it was taken: kept whole, so that both logs can be shown later.

    `origin`, `index`, `size` and `root` say where in the issuer's log its entry is and under which checkpoint.
    """

    kind = "certificates.signed_file"
    ISSUED, RECALLED = "issued", "recalled"

    certificate = models.ForeignKey("certificates.Certificate", on_delete=models.PROTECT, related_name="signed_files")
    issuer_key = models.ForeignKey(IssuerKey, on_delete=models.PROTECT, related_name="files")
    says = models.CharField(max_length=8)
    origin = models.CharField(max_length=200)
    index = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    text = models.TextField()
    sha256 = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["origin", "index"], name="an_entry_of_an_issuers_log_is_taken_once")]

    def keep(self) -> None:
        from enduse.certificates.keeping import keep_standing

        keep_standing(self.certificate)

    def shares_words_with(self) -> Iterable[Fact]:
        return [self.certificate, *self.certificate.challenges.all()]

    @classmethod
    def sharing_words_with(cls, fact: Fact) -> Iterable[Fact]:
        named = {"certificates.certificate": fact.pk, "certificates.challenge": getattr(fact, "certificate_id", None)}.get(fact.kind)
        return cls.objects.filter(certificate=named) if named is not None else ()

    def content(self) -> dict[str, Any]:
        return {"certificate": self.certificate_id, "issuer_key": self.issuer_key_id, "says": self.says, "origin": self.origin, "index": self.index,
                "size": self.size, "root": self.root, "sha256": self.sha256}
