"""An advisory: what was asked about which end user, and its answer or its withdrawal. Where it stands follows from these."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.ledger.models import Fact, plain
from enduse.parties.directory import name_key
from enduse.parties.models import Party, party_of
from enduse.screening.models import Screening

# Stands beside every answer: on its page, in its letter, over the API.
NO_APPROVAL = _(
    "This answer is neither an approval nor a licence, and it promises neither. An application is weighed on its own, on what is known then.")


class AdvisoryQuerySet(models.QuerySet["Advisory"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "advisory")
        if scope is Scope.ALL:
            return self
        own = party_of(user)
        return self.filter(asked_by=own) if scope is Scope.OWN_PARTY and own is not None else self.none()

    def waiting(self) -> Self:
        return self.filter(answer=None, withdrawal=None)


class Advisory(Fact):
    """One enquiry. `name` to `birth_date` are the asker's words; `end_user` is the party that is screened for them.

    `key` is the name and country as `key_of` writes them: by it a later application that names the same party finds it.
    `goods`: [{"firearm_type", "calibre", "quantity"}], a quantity being null where it is not known yet.
    """

    kind = "licensing.advisory"
    also_forgotten = ("name", "address", "contact", "key", "birth_date")
    words_elsewhere = ("parties.Party", "screening.Hit")
    ASKED, ANSWERED, WITHDRAWN = "asked", "answered", "withdrawn"
    STATES = [(ASKED, _("waits for an answer")), (ANSWERED, _("answered")), (WITHDRAWN, _("withdrawn"))]
    TONES = {ASKED: "note", ANSWERED: "quiet", WITHDRAWN: "quiet"}

    reference = models.CharField(max_length=20, unique=True)
    asked_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="advisories_asked")
    end_user = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="advisories")
    key = models.CharField(max_length=210, db_index=True)
    name = models.CharField(max_length=200)
    party_kind = models.CharField(max_length=12, choices=Party.KINDS)
    country = models.CharField(max_length=2)
    address = models.CharField(max_length=300, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    birth_date = models.DateField(null=True)
    business = models.TextField(blank=True)
    goods = models.JSONField(default=list)
    reason = models.TextField()
    copy_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="copies")
    due_on = models.DateField()

    objects = AdvisoryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.reference

    def content(self) -> dict[str, Any]:
        return {
            "reference": self.reference, "asked_by": self.asked_by_id, "end_user": self.end_user_id, "name": self.name, "party_kind": self.party_kind,
            "country": self.country, "address": self.address, "contact": self.contact,
            "birth_date": plain(self.birth_date) if self.birth_date else None,
            "business": self.business, "goods": plain(self.goods), "reason": self.reason, "copy_of": self.copy_of_id, "due_on": plain(self.due_on)}

    @property
    def state(self) -> str:
        if getattr(self, "withdrawal", None) is not None:
            return self.WITHDRAWN
        return self.ANSWERED if getattr(self, "answer", None) is not None else self.ASKED

    @property
    def state_name(self) -> str:
        return str(dict(self.STATES)[self.state])

    @property
    def tone(self) -> str:
        return self.TONES[self.state]

    def forgettable(self) -> set[str]:
        """The name of a party of the directory is no secret of this entry: taking it out of every text would take too much."""
        public = {self.name, self.key} if self.end_user.in_directory else {self.key}
        return super().forgettable() - public

    def shares_words_with(self) -> Iterable[Fact]:
        found: list[Fact] = [*self.copies.all(), *([self.copy_of] if self.copy_of is not None else [])]
        if not self.end_user.in_directory:
            found += [*Screening.objects.filter(party=self.end_user), *Advisory.objects.filter(end_user=self.end_user).exclude(pk=self.pk)]
        return found

    @classmethod
    def sharing_words_with(cls, fact: Fact) -> Iterable[Fact]:
        return cls.objects.filter(end_user=fact.party_id) if isinstance(fact, Screening) and not fact.party.in_directory else ()


def key_of(name: str, country: str) -> str:
    """A name and its country, the same however they are typed."""
    return f"{country.upper()}/{name_key(name)}"


class AdvisoryAnswer(Fact):
    """What the authority answers. `reasons` are told to who asked; `note` is for colleagues. `screening`: what it rests on."""

    kind = "licensing.advisory_answer"
    CONCERNS, NO_CONCERNS, DECLINED = "concerns", "no_concerns", "declined"
    OUTCOMES = [(NO_CONCERNS, _("no concerns are known today")), (CONCERNS, _("there are concerns")),
                (DECLINED, _("no advice is given"))]
    TONES = {CONCERNS: "bad", NO_CONCERNS: "quiet", DECLINED: "warn"}
    AGAINST = frozenset({CONCERNS, DECLINED})  # what raises the flag W15 on later applications

    advisory = models.OneToOneField(Advisory, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(max_length=11, choices=OUTCOMES)
    reasons = models.TextField(blank=True)
    note = models.TextField(blank=True)
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="+")

    def content(self) -> dict[str, Any]:
        return {"advisory": self.advisory.reference, "outcome": self.outcome, "reasons": self.reasons, "note": self.note,
                "screening": self.screening_id}

    @property
    def tone(self) -> str:
        return self.TONES[self.outcome]


class AdvisoryWithdrawal(Fact):
    """Who asked no longer needs the answer."""

    kind = "licensing.advisory_withdrawal"
    advisory = models.OneToOneField(Advisory, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField(blank=True)

    def content(self) -> dict[str, Any]:
        return {"advisory": self.advisory.reference, "reason": self.reason}
