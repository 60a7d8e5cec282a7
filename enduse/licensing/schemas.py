"""What the endpoints of licensing take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Field, Schema

from enduse.licensing.decision_schemas import ChangeProposalOut, NoticeOut
from enduse.licensing.models import Application, Decision, Licence


class LineIn(Schema):
    firearm_type: str = Field(description="A code of the list of types.")
    calibre: str = Field(description="A code of the list of calibres.")
    quantity: int
    unit_value_cents: int = Field(0, description="Whole US cents each.")
    make: str = Field("", description="A code of the list of makes; empty: any.")
    model: str = ""
    automatic: bool | None = Field(None, description="None: as the type says.")
    control_entry: str = Field("", description="The entry of a control list that fits, such as ML1.a; empty: as the lists of the day say.")


class ApplicationIn(Schema):
    capacity: str = Field(description="exporter, buying_government, or broker of a brokered sale, carrier of a transit.")
    end_user: int = Field(description="The party that will hold the firearms.")
    consignee: int = Field(description="The party that receives them.")
    country: str = Field(description="Destination, ISO 3166 code.")
    purpose: str = Field(description="Who will use them and for what.")
    lines: list[LineIn] = Field(description="What is asked for.")
    seller: int | None = Field(None, description="None: your own party (exporter), or any registered maker (buying government).")
    intermediaries: list[int] = Field([], description="Brokers and agents between seller and end user.")
    ultimate_end_users: list[int] = Field([], description="Whom the end user passes them on to by its certificate.")
    further_consignees: list[int] = Field([], description="Who receives them on the way besides the consignee.")
    carriers: list[int] = Field([], description="Who carries them, as far as it is known.")
    payer: int | None = Field(None, description="The party that pays; none: the end user or the applicant.")
    transit_countries: list[str] = Field([], description="Countries on the way, ISO 3166 codes.")
    kind: str = Field("individual", description="individual, open, temporary, reexport, transit or brokering: what each asks is in licensing.get_rule_table kinds.")
    return_by: date | None = Field(None, description="Of a temporary export: the day by which every firearm is back.")
    origin_country: str = Field("", description="Of a re-export, a transit or a brokered sale: where the firearms come from, ISO 3166 code.")
    consent: str = Field("", description="Of a re-export: reference of the first exporting state's written consent.")
    recipients: list[int] = Field([], description="Of an open export: end users besides the first; none: whoever is registered in the countries listed.")
    destinations: list[str] = Field([], description="Of an open export: countries besides the first, ISO 3166 codes.")
    certificate_number: str = Field("", description="The end-use certificate; without it a draft is not submitted, save an open one by the rule of the day.")
    certificate_issuer: str = ""
    certificate_signatory: str = ""
    certificate_issued_on: date | None = None
    certificate_expires_on: date | None = None
    no_reexport: bool = Field(True, description="It assures that nothing is re-exported.")
    consents_to_checks: bool = Field(True, description="It accepts checks on site.")
    verifies_delivery: bool = Field(True, description="It promises proof of delivery.")
    barred_regions: list[str] = Field([], description="Regions that the certificate bars.")
    barred_parties: list[int] = Field([], description="Bodies that the certificate bars.")
    certificate_sha256: str = Field("", description="SHA-256 of the certificate's file.")
    certificate_single_use: bool = Field(True, description="False: it carries several applications, up to its quantity.")
    certificate_quantity: int | None = Field(None, description="How many firearms the certificate covers, as it states.")


class LineOut(Schema):
    number: int
    firearm_type: str
    make: str
    model: str
    calibre: str
    automatic: bool
    control_entry: str = Field(description="The entry of a control list that it falls under; empty: the lists of its day have none.")
    quantity: int


class ApplicationLineOut(LineOut):
    unit_value_cents: int | None = Field(description="Null for those who do not see values.")


class PartyIn(Schema):
    role: str
    id: int
    name: str
    screening: str | None = Field(None, description="Where it stands against the lists; null for those who do not see it.")


class ApplicationSummary(Schema):
    reference: str
    state: str = Field(description="draft, submitted, assessed, recommended, held, to_notify, notified, objected, approved, denied, appealed, returned or withdrawn.")
    capacity: str
    applicant: int = Field(alias="applicant_id")
    end_user: int = Field(alias="end_user_id")
    end_user_name: str
    country: str
    quantity: int
    submitted_at: datetime | None


class ApplicationRow(ApplicationSummary):
    @staticmethod
    def resolve_end_user_name(application: Application) -> str:
        return application.end_user.name

    @staticmethod
    def resolve_quantity(application: Application) -> int:
        return sum(line.quantity for line in application.lines.all())

    @staticmethod
    def resolve_submitted_at(application: Application) -> datetime | None:
        submission = getattr(application, "submission", None)
        return submission.recorded_at if submission else None


class Applications(Schema):
    count: int
    more: bool = Field(False, description="There are others: no more than 2,000 are counted of what a search or a state finds.")
    items: list[ApplicationSummary]


class MissingOut(Schema):
    kind: str
    rule: int | None
    reason: str
    remedy: str


class AssessmentOut(Schema):
    id: int = Field(alias="pk")
    criteria: dict[str, Any]
    flags: dict[str, Any]
    record_seen: dict[str, Any]
    drafted: list[dict[str, Any]] = Field(description="The program's draft summary as the officer had it, in both languages.")
    summary: str
    recorded_at: datetime


class StatementOut(Schema):
    about: str = Field(description="application, licences, certificate, missing, flag, measure, or a kind of the measured record.")
    text: str
    source: str = Field(description="The record that it rests on.")
    link: str = Field(description="Where that record stands.")
    as_of: date | None = Field(description="The day that it was known on.")


class RecommendationOut(Schema):
    id: int = Field(alias="pk")
    outcome: str
    conditions: list[dict[str, Any]]
    reason_codes: list[str]
    note: str
    recorded_at: datetime


class HoldOut(Schema):
    id: int = Field(alias="pk")
    because: str
    source: str
    recorded_at: datetime


class DecisionOut(Schema):
    """A decision; or the first of two countersignatures, with `decided` false."""

    id: int = Field(alias="pk")
    decided: bool
    outcome: str
    note: str
    recommendation: int = Field(alias="recommendation_id")
    previous: int | None = Field(description="The decision that was appealed against.")
    notice_rule: str = Field(description="The rule by which the legislature is told before a licence is issued.")
    licence: str | None
    recorded_at: datetime

    @staticmethod
    def resolve_decided(said: Any) -> bool:
        return isinstance(said, Decision)

    @staticmethod
    def resolve_previous(said: Any) -> int | None:
        return said.previous_id if isinstance(said, Decision) else None

    @staticmethod
    def resolve_notice_rule(said: Any) -> str:
        return said.notice_rule if isinstance(said, Decision) else ""

    @staticmethod
    def resolve_licence(said: Any) -> str | None:
        licence = Licence.objects.filter(application_id=said.application_id).first() if isinstance(said, Decision) else None
        return licence.reference if licence else None


class CountersignaturesOut(Schema):
    needed: int
    given: int
    rules: list[str] = Field(description="Codes of the rules that ask for more than one.")


class OtherRecordOut(Schema):
    party: int
    name: str
    record: list[dict[str, Any]]
    gaps: list[str] = Field(description="What the record does not tell.")


class ApplicationOut(Schema):
    reference: str
    state: str
    state_name: str
    capacity: str
    purpose: str
    country: str
    kind: str
    return_by: date | None
    origin_country: str
    consent: str
    destinations: list[str]
    transit_countries: list[str]
    parties: list[PartyIn]
    lines: list[ApplicationLineOut]
    certificate: dict[str, Any] | None
    licence: str | None
    outcome: str | None
    reason_codes: list[str]
    decisions: list[DecisionOut] = Field(description="The decision, and after an appeal the second beside the first.")
    notice: NoticeOut | None = Field(description="The notice to the legislature, where one was given.")
    countersignatures: CountersignaturesOut | None = Field(description="How many countersign what is recommended; for officers.")
    replaces: str | None = Field(description="The licence whose unshipped balance it asks for.")
    missing: list[MissingOut] | None = Field(description="What stands between it and an approval; for officers.")
    record: list[dict[str, Any]] | None = Field(description="The end user's measured record; for officers.")
    raised_flags: dict[str, str] | None = Field(description="Flags that the program raises now, with their evidence; for officers.")
    gaps: list[str] | None = Field(description="What the record does not tell; for officers.")
    other_records: list[OtherRecordOut] | None = Field(description="The records of ultimate end users, and of an open application's recipients; for officers.")
    proposed_conditions: list[dict[str, Any]] | None = Field(description="What the latest assessment proposes against the risks; for officers.")
    assessment: AssessmentOut | None
    recommendation: RecommendationOut | None
    holds: list[HoldOut] | None


class Reason(Schema):
    reason: str = Field(description="Why, in a sentence.")


class OptionalReason(Schema):
    reason: str = ""


class ProposedCondition(Schema):
    code: str = Field(description="A code of the list of conditions.")
    parameters: dict[str, Any] = Field({}, description="Its values; what is left out is the usual value, or is said when it is recommended.")


class Answer(Schema):
    level: str
    reason: str = ""
    evidence: str = ""
    mitigation: list[ProposedCondition] = Field([], description="Conditions proposed against this risk.")
    together: bool = Field(False, description="Answered with others in one press.")


class AssessIn(Schema):
    criteria: dict[str, Answer] = Field(description="Each criterion's code with its level and reason.")
    flags: dict[str, Answer] = Field({}, description="Each flag's code with its level (low, medium, high) and reason.")
    summary: str


class ConditionIn(Schema):
    code: str
    parameters: dict[str, Any] = {}


class RecommendIn(Schema):
    outcome: str = Field(description="approve, deny or return.")
    conditions: list[ConditionIn] = Field([], description="Of an approval.")
    reason_codes: list[str] = Field([], description="Of a denial or a return.")
    note: str = ""


class DecideIn(Schema):
    recommendation: int | None = Field(None, description="The one you read: refused if another took its place since.")
    note: str = ""


class HoldIn(Schema):
    because: str = Field(description="What was learnt.")
    source: str = Field("", description="The reference of what was learnt.")


class LicenceLineOut(LineOut):
    remaining: int


class LicenceRow(Schema):
    reference: str
    state: str
    application: str
    end_user: int
    end_user_name: str
    issued_on: date
    expires_on: date
    quantity: int
    used: int


# Where a list of licences finds what each row says, in the row that is kept of it.
LICENCE_FIELDS = {
    "reference": "licence__reference", "state": "state", "application": "application__reference", "end_user": "application__end_user_id",
    "end_user_name": "application__end_user__name", "issued_on": "licence__issued_on", "expires_on": "expires_on", "quantity": "permitted", "used": "taken"}


class Licences(Schema):
    count: int
    more: bool = Field(False, description="There are others: no more than 2,000 are counted of what a search or a state finds.")
    items: list[LicenceRow]


class LicenceChangeOut(Schema):
    id: int = Field(alias="pk")
    change: str
    effective_on: date
    reason: str
    recorded_at: datetime


class LicenceOut(LicenceRow):
    conditions: list[dict[str, Any]]
    conditions_in_words: list[str]
    lines: list[LicenceLineOut]
    changes: list[LicenceChangeOut]
    proposals: list[ChangeProposalOut]
    verification_code: str = Field(description="With the reference, anyone can check the licence on the public page.")


class Verified(Schema):
    valid: bool
    issued_on: date | None = None
    expires_on: date | None = None


class TouchedOut(Schema):
    application_count: int
    applications_open: int = Field(description="Of so many open applications in all.")
    licence_count: int
    applications: list[str]
    licences: list[str]
    firearms_asked: int
    firearms_left: int


class RuleTableOut(Schema):
    name: str
    title: str
    columns: list[str]
    rows: list[list[str]]


class ScreenedOut(Schema):
    compared: int = Field(description="Parties compared again: all that were screened before, and those of live licences.")
    changed: list[int] = Field(description="Those of them whose possible matches are others now.")


class LoadedOut(Schema):
    id: int
    source: str
    version: str
    entries: int
    sha256: str
    compared: int = Field(description="Parties compared with what changed: all that were screened before, and those of live licences.")
    changed: list[int] = Field(description="Those of them whose possible matches are others now.")


