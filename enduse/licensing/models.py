"""Applications and what is filed with them. What officers do to them stands in `casework.py`, licences in `licences.py`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.certificates.models import Certificate
from enduse.ledger.models import Fact, plain
from enduse.licensing import chain, kinds
from enduse.licensing.advisories.models import Advisory, AdvisoryAnswer, AdvisoryWithdrawal
from enduse.licensing.cases import Case, CaseEvent, CaseFact, CaseText, RoutingRules
from enduse.licensing.casework import Appeal, Assessment, Countersignature, Decision, Hold, HoldRelease, Recommendation, SentBack
from enduse.licensing.changes import ChangeAnswer, ChangeProposal
from enduse.licensing.consultations import DenialConsultation, DenialExplained
from enduse.licensing.control_lists import entry_of
from enduse.licensing.denials import DenialEnded, NotifiedDenial
from enduse.licensing.licences import Licence, LicenceChange, LicenceLine, LicenceUse
from enduse.licensing.notices import Notice, Objection
from enduse.licensing.open_licences import FirstUse, ReturnPeriod, Undertaking
from enduse.licensing.purchases import Purchase, PurchaseRelease
from enduse.licensing.signs import DutyDone, Sign
from enduse.licensing.standing import LicenceStanding
from enduse.licensing.states import decision_of, state_of
from enduse.parties.models import Party, party_of
from enduse.reference import text_of


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "application")
        if scope is Scope.ALL:
            return self.exclude(submission=None)
        own = party_of(user)
        if scope is Scope.ADVICE_ASKED and own is not None:
            return self.filter(pk__in=CaseEvent.objects.filter(body=own, sort=CaseEvent.ADVICE_ASKED).values("application"))
        return self.filter(applicant=own) if scope is Scope.OWN_PARTY and own is not None else self.none()


class Application(models.Model):
    """A request for a licence. Editable while a draft; once submitted its words stand (a change is a new version).

    Who applies, who sells, who certifies the end use and who receives are four parties. `seller` is empty when the
    buying government applies: any registered maker may then deliver what was approved.
    """

    EXPORTER, BUYING_GOVERNMENT, BROKER, CARRIER = "exporter", "buying_government", "broker", "carrier"
    CAPACITIES = [(EXPORTER, _("exporter")), (BUYING_GOVERNMENT, _("buying government")), (BROKER, _("broker")), (CARRIER, _("carrier"))]

    reference = models.CharField(max_length=20, unique=True)
    capacity = models.CharField(max_length=20, choices=CAPACITIES)
    applicant = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="applications")
    seller = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    end_user = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="applications_as_end_user")
    consignee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    intermediaries = models.ManyToManyField(Party, blank=True, related_name="+")
    payer = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # none: the end user or the applicant
    country = models.CharField(max_length=2)
    transit_countries = models.JSONField(default=list, blank=True)  # codes of the countries on the way
    purpose = models.TextField()
    kind = models.CharField(max_length=12, default=kinds.INDIVIDUAL)  # a code of `reference/licence_kinds.csv`
    return_by = models.DateField(null=True, blank=True)
    origin_country = models.CharField(max_length=2, blank=True)
    consent = models.CharField(max_length=120, blank=True)
    recipients = models.ManyToManyField(Party, blank=True, related_name="+")  # of an open export: who may receive besides
    destinations = models.JSONField(default=list, blank=True)  # of an open export: codes of the countries besides `country`
    replaces = models.ForeignKey(Licence, null=True, blank=True, on_delete=models.PROTECT, related_name="replacements")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=clock.now)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["country", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity="buying_government") | Q(seller__isnull=False), name="an_exporter_application_names_its_seller")
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def state(self) -> str:
        """Where it stands, derived from its facts: see `states.py`."""
        return state_of(self)

    @property
    def filed_on(self) -> date | None:
        submission = getattr(self, "submission", None)
        return submission.recorded_at.date() if submission is not None else None

    @property
    def kind_name(self) -> str:
        return text_of(kinds.TABLE, self.kind)

    @property
    def kind_asked(self) -> kinds.KindAsked:
        return kinds.KindAsked(self.kind, self.return_by, self.origin_country, self.consent, tuple(self.recipients.all()), tuple(self.destinations))

    @property
    def decision(self) -> Decision | None:
        """The decision that stands: after an appeal the later one; None: not decided yet."""
        return decision_of(self)

    @property
    def chain_asked(self) -> chain.ChainAsked:
        of = {role: tuple(each.party for each in self.named.all() if each.role == role) for role in chain.ROLES}
        return chain.ChainAsked(of[chain.ULTIMATE_END_USER], of[chain.CONSIGNEE], of[chain.CARRIER])

    def end_users(self) -> list[Party]:
        """Who may come to hold the firearms: the end user, of an open licence each recipient that it names, each ultimate end user."""
        return [self.end_user, *(self.recipients.all() if kinds.is_open(self.kind) else []), *self.chain_asked.ultimate_end_users]

    def parties(self) -> list[tuple[str, Party]]:
        """Every party with its role, each to be screened; the same party may stand in several roles."""
        named = [("applicant", self.applicant), ("end_user", self.end_user), ("consignee", self.consignee)]
        if self.seller is not None:
            named.insert(1, ("seller", self.seller))
        if self.payer is not None:
            named.append(("payer", self.payer))
        named += [("recipient", party) for party in self.recipients.all()]
        named += [(each.role, each.party) for each in self.named.all()]
        return named + [("intermediary", party) for party in self.intermediaries.all()]

    def countries(self) -> list[str]:
        """Every country that it is for, the first one first."""
        return [self.country, *(country for country in self.destinations if country != self.country)]

    @property
    def is_handled_by_applicant(self) -> bool:
        """Whether its applicant declares what another sells: a broker, a carrier."""
        return self.capacity in {self.BROKER, self.CARRIER}

    def as_words(self) -> dict[str, Any]:
        """What was asked, in plain values: what its submission commits to."""
        certificate = getattr(self, "certificate", None)
        # Said only where given, so that what was committed to before these could be said stays the same.
        way = {"payer": self.payer_id, "transit_countries": self.transit_countries, "kind": self.kind if self.kind != kinds.INDIVIDUAL else "",
               "return_by": plain(self.return_by) if self.return_by else None, "origin_country": self.origin_country, "consent": self.consent, "destinations": self.destinations,
               "recipients": sorted(self.recipients.values_list("pk", flat=True)) if kinds.is_open(self.kind) else []}
        way |= {f"{role}s": [each.party_id for each in self.named.all() if each.role == role] for role in chain.ROLES}
        return {
            **{name: value for name, value in way.items() if value}, "reference": self.reference, "capacity": self.capacity, "applicant": self.applicant_id, "seller": self.seller_id,
            "end_user": self.end_user_id, "consignee": self.consignee_id, "country": self.country, "purpose": self.purpose,
            "intermediaries": sorted(self.intermediaries.values_list("pk", flat=True)),
            "lines": [line.as_words() for line in self.lines.order_by("number")],
            "certificate": certificate.as_words() if certificate else None,
            **({"replaces": self.replaces.reference} if self.replaces else {}),
        }

    def words_of(self, version: int) -> dict[str, Any]:
        """What was asked in one version: the rows as they are for the latest, what its successor put aside for an earlier one."""
        later = CaseEvent.objects.filter(application=self, sort=CaseEvent.AMENDED, code=str(version + 1)).first()
        return later.more["replaced"] if later is not None else self.as_words()


class NamedParty(models.Model):
    """A party of an application in a role that several may have: see `chain.py`."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="named")
    role = models.CharField(max_length=20)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["application", "role", "party"], name="a_party_is_named_once_a_role")]


class ApplicationLine(models.Model):
    """What is asked for: type, make, model, calibre, automatic or not, how many, at what value each (whole US cents)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    firearm_type = models.CharField(max_length=20)
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=60, blank=True)
    calibre = models.CharField(max_length=20)
    automatic = models.BooleanField()
    control_entry = models.CharField(max_length=20, blank=True)  # empty: as the control lists of the day say
    quantity = models.PositiveIntegerField()
    unit_value_cents = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="one_line_a_number"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_line_asks_for_something"),
        ]

    def __str__(self) -> str:
        named = " ".join(part for part in (text_of("makes", self.make) if self.make else "", self.model) if part)
        return f"{text_of('firearm_types', self.firearm_type)}{' ' + named if named else ''}, {text_of('calibres', self.calibre)}"

    def entry_on(self, day: date) -> str:
        """The entry of a control list that it falls under on a day; empty: the lists of that day have none."""
        return entry_of(self.firearm_type, self.automatic, day, self.control_entry)

    def as_words(self) -> dict[str, Any]:
        return {
            "number": self.number, "firearm_type": self.firearm_type, "make": self.make, "model": self.model, "calibre": self.calibre,
            "automatic": self.automatic, "quantity": self.quantity, "unit_value_cents": self.unit_value_cents,
            **({"control_entry": self.control_entry} if self.control_entry else {}),
        }


class EndUseCertificate(models.Model):
    """The end user's signed assurance as this application copies it. Its barred bodies and regions bind custody.

    `registered` is the certificate itself, from the submission on: it counts its use over every application.
    """

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="certificate")
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=200)
    signatory = models.CharField(max_length=200)
    issued_on = models.DateField()
    expires_on = models.DateField()
    no_reexport = models.BooleanField()
    consents_to_checks = models.BooleanField()
    verifies_delivery = models.BooleanField()
    barred_regions = models.JSONField(default=list, blank=True)
    barred_parties = models.ManyToManyField(Party, blank=True, related_name="+")
    file_sha256 = models.CharField(max_length=64, blank=True)
    single_use = models.BooleanField(default=True)
    quantity = models.PositiveIntegerField(null=True, blank=True)  # null: a single use for whatever is asked here
    registered = models.ForeignKey(Certificate, null=True, on_delete=models.PROTECT, related_name="filed_as")

    class Meta:
        indexes = [models.Index(fields=["issuer", "number"]), models.Index(Upper("number"), name="certificates_by_number")]

    def as_words(self) -> dict[str, Any]:
        covers = {} if self.single_use and self.quantity is None else {"single_use": self.single_use, "quantity": self.quantity}
        return {
            **covers,
            "number": self.number, "issuer": self.issuer, "signatory": self.signatory, "issued_on": plain(self.issued_on),
            "expires_on": plain(self.expires_on), "no_reexport": self.no_reexport, "consents_to_checks": self.consents_to_checks,
            "verifies_delivery": self.verifies_delivery, "barred_regions": self.barred_regions,
            "barred_parties": sorted(self.barred_parties.values_list("pk", flat=True)), "file_sha256": self.file_sha256,
        }

    def bars(self, party: Party) -> bool:
        """Whether the certificate forbids that this party holds the firearms."""
        if party.region and party.region in self.barred_regions:
            return True
        return any(party.is_below(barred) for barred in self.barred_parties.all())


class Submission(CaseFact):
    """The applicant files: from here on what was asked stands."""

    kind = "licensing.submission"
    also_forgotten = ("purpose", "signatory")  # of the application and its certificate, not columns of its own
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="submission")

    def forgettable(self) -> set[str]:
        from enduse.licensing.forgotten import words_at

        return words_at(self.application, 1)

    def shares_words_with(self) -> Iterable[Fact]:
        from enduse.licensing.forgotten import entries_of

        return entries_of(self.application)

    @classmethod
    def sharing_words_with(cls, fact: Fact) -> Iterable[Fact]:
        return cls.objects.filter(application__certificate__registered=fact) if isinstance(fact, Certificate) else ()

    def forget(self) -> None:
        from enduse.licensing.forgotten import blank

        blank(self.application)
        super().forget()

    def content(self) -> dict[str, Any]:
        return {"application": self.application.words_of(1)}


class Withdrawal(CaseFact):
    kind = "licensing.withdrawal"
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField(blank=True)

    def content(self) -> dict[str, Any]:
        return {"application": self.application.reference, "reason": self.reason}

__all__ = [
    "Advisory", "AdvisoryAnswer", "AdvisoryWithdrawal",
    "Appeal", "Application", "ApplicationLine", "Assessment", "Case", "CaseEvent", "CaseFact", "CaseText",
    "ChangeAnswer", "ChangeProposal", "Countersignature", "Decision", "DenialConsultation", "DenialEnded", "DenialExplained", "DutyDone",
    "EndUseCertificate", "FirstUse", "Hold", "HoldRelease", "Licence", "LicenceChange", "LicenceLine", "LicenceStanding", "LicenceUse", "Notice",
    "NotifiedDenial", "Objection", "Purchase", "PurchaseRelease", "Recommendation", "ReturnPeriod", "RoutingRules", "SentBack", "Sign", "Submission",
    "Undertaking", "Withdrawal",
]
