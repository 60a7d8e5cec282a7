"""Users, their API tokens and the record of what sensitive things they read."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable

from django.contrib.auth.models import AbstractUser
from django.db import models

from enduse import clock
from enduse.accounts.permissions import ROLE_NAMES, Role


class User(AbstractUser):
    """One person in one role. Which party the person acts for stands in `parties.Membership`."""

    role = models.CharField(max_length=20, choices=[(role.value, ROLE_NAMES[role]) for role in Role])

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class ApiToken(models.Model):
    """A key to the API: shown once, kept as a SHA-256 digest, limited to its scopes."""

    READ = "read"
    WRITE = "write"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=5, choices=[(READ, READ), (WRITE, WRITE)], default=READ)
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    @staticmethod
    def digest_of(secret: str) -> str:
        # A token has 256 random bits: a plain hash cannot be guessed back, and each request can afford it.
        return hashlib.sha256(secret.encode()).hexdigest()

    @staticmethod
    def new_secret() -> str:
        return "eu_" + secrets.token_urlsafe(32)

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > clock.now())


class SensitiveRead(models.Model):
    """Somebody looked at a person, a full serial or an export: who, what, when."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sensitive_reads")
    noun = models.CharField(max_length=20)
    reference = models.CharField(max_length=120)
    at = models.DateTimeField(default=clock.now, db_index=True)


class IdempotentReply(models.Model):
    """What was answered to a POST that bore an Idempotency-Key, so that a retry gets the same answer and does nothing.

    `who` is the user's id or the token's digest; `status` is empty while the first request still runs.
    """

    who = models.CharField(max_length=64)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "key"], name="one_reply_a_key")]

    @classmethod
    def forget_words(cls, texts: Iterable[str]) -> None:
        """Drop the answers that hold texts which an order forgot; the keys stay, so that nothing is done twice."""
        written = [json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode() for text in texts for ascii_only in (True, False)]
        for reply in cls.objects.exclude(body=None).iterator(chunk_size=500):
            if any(text in bytes(reply.body or b"") for text in written):
                cls.objects.filter(pk=reply.pk).update(status=410, body=None, fingerprint="")
