"""What the endpoints of certificates take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Field, Schema

from enduse.certificates import queries, states
from enduse.certificates.models import Certificate, IssuerKey


class CertificateSummary(Schema):
    id: int = Field(alias="pk")
    number: str
    issuer: str
    state: str = Field(description="received, issued, checked, confirmed, used, expired, recalled, disputed or forged.")
    source: str = Field(description="filed, issued or signed.")
    issued_on: date
    expires_on: date
    single_use: bool
    quantity: int | None = Field(description="How many firearms it covers; null: one use for what is asked.")
    used: int = Field(description="Of a single use: how often; else how many firearms applications take.")


class CertificateRow(CertificateSummary):
    @staticmethod
    def resolve_state(certificate: Certificate) -> str:
        return states.state_of(certificate)

    @staticmethod
    def resolve_used(certificate: Certificate) -> int:
        return certificate.used()


# Where a list finds what each row says: where a certificate stands is told by the row that is kept of it.
LIST_FIELDS = {name: name for name in ("pk", "number", "issuer", "source", "issued_on", "expires_on", "single_use", "quantity")} | {
    "state": "kept__state", "used": "kept__used"}


class Certificates(Schema):
    count: int
    more: bool = Field(False, description="There are others: no more than 2,000 are counted of what a search or a state finds.")
    items: list[CertificateSummary]


class CertificateUseOut(Schema):
    application: str
    party: int
    taken: int
    licence: str


class ElementOut(Schema):
    code: str
    text: str
    need: str
    found: bool | None = Field(description="What the program reads by itself; null: a person reads it.")
    answer: str
    note: str


class HistoryEntry(Schema):
    entry: int = Field(description="Its place in the log.")
    words: str
    note: str
    at: datetime
    who: str


class CertificateOut(CertificateSummary):
    signatory: str
    end_user: str
    country: str
    purpose: str
    lines: list[dict[str, Any]]
    no_reexport: bool
    consents_to_checks: bool
    verifies_delivery: bool
    barred_regions: list[str]
    barred_bodies: list[str]
    file_sha256: str
    uses: list[CertificateUseOut]
    confirmed: bool
    checklist: list[ElementOut] | None = Field(description="For officers.")
    history: list[HistoryEntry] | None = Field(description="For officers.")


class ElementAnswer(Schema):
    answer: str = Field("", description="yes, no or na; empty: as the program reads it.")
    note: str = ""


class CheckIn(Schema):
    answers: dict[str, ElementAnswer] = Field(description="Each element's code with its answer; those that the program reads may be left out.")
    note: str = ""


class CertificateCheckOut(Schema):
    id: int = Field(alias="pk")
    answers: dict[str, Any]
    lacks: list[str] = Field(description="What it must hold and does not.")
    note: str
    recorded_at: datetime


class InquireIn(Schema):
    channel: str = Field(description="mission, published, register, contact_point or other; never the applicant's own.")
    asked_whom: str
    found_in: str = Field(description="Where that address comes from.")
    asked_on: date | None = Field(None, description="None: today.")


class InquiryOut(Schema):
    id: int = Field(alias="pk")
    certificate: int = Field(alias="certificate_id")
    channel: str
    asked_whom: str
    found_in: str
    asked_on: date


class AnswerInquiryIn(Schema):
    outcome: str = Field(description="confirmed, denied or no_answer.")
    answered_by: str = ""
    answered_on: date | None = Field(None, description="None: today.")
    note: str = ""


class InquiryAnswerOut(Schema):
    id: int = Field(alias="pk")
    outcome: str
    answered_by: str
    answered_on: date
    note: str


class ChallengeIn(Schema):
    sort: str = Field(description="recalled, disputed or forged; what was issued here is only recalled.")
    reason: str
    effective_on: date | None = Field(None, description="None: today.")


class ChallengeOut(Schema):
    id: int = Field(alias="pk")
    certificate: int = Field(alias="certificate_id")
    sort: str
    reason: str
    effective_on: date


class SettleIn(Schema):
    reason: str = Field(description="What was found, and from whom.")


class SettledOut(Schema):
    id: int = Field(alias="pk")
    challenge: int = Field(alias="challenge_id")
    reason: str


def shown(user: Any, certificate: Certificate, *, is_officer: bool) -> dict[str, Any]:
    """One certificate as the viewer may see it: what officers weigh is for officers."""
    plain = {name: getattr(certificate, name) for name in (
        "pk", "source", "number", "issuer", "signatory", "issued_on", "expires_on", "single_use", "quantity", "end_user", "country", "purpose", "lines",
        "no_reexport", "consents_to_checks", "verifies_delivery", "barred_regions", "barred_bodies", "file_sha256")}
    return {
        **plain, "state": states.state_of(certificate), "used": certificate.used(), "confirmed": states.is_confirmed(certificate),
        "uses": [{**use, "party": use["party"].pk} for use in queries.uses_seen(user, certificate)],
        "checklist": [each.__dict__ for each in queries.checklist(certificate)] if is_officer else None,
        "history": [{"entry": each["leaf"], **{name: each[name] for name in ("words", "note", "at", "who")}}
                    for each in queries.history(certificate)] if is_officer else None,
    }


class PaperLineIn(Schema):
    firearm_type: str = Field(description="A code of the list of types.")
    calibre: str = Field(description="A code of the list of calibres.")
    quantity: int
    make: str = ""
    model: str = ""


class IssueIn(Schema):
    number: str
    issuer: str = Field(description="The authority, by the name under which other states trust its key.")
    signatory: str
    issued_on: date
    expires_on: date
    end_user: str
    country: str = Field(description="Destination, ISO 3166 code.")
    purpose: str
    lines: list[PaperLineIn]
    single_use: bool = True
    no_reexport: bool = True
    consents_to_checks: bool = True
    verifies_delivery: bool = True
    barred_regions: list[str] = []
    barred_bodies: list[str] = []


class IssuerKeyIn(Schema):
    issuer: str
    country: str
    vkey: str = Field(description="The public key line that the issuer's log publishes.")
    obtained: str = Field(description="How it came to you, and how it was compared.")


class IssuerKeyOut(Schema):
    id: int = Field(alias="pk")
    issuer: str
    country: str
    vkey: str
    obtained: str
    is_trusted: bool

    @staticmethod
    def resolve_is_trusted(key: IssuerKey) -> bool:
        return getattr(key, "ended", None) is None


class IssuerKeys(Schema):
    count: int
    items: list[IssuerKeyOut]


class SignedFileOut(Schema):
    id: int = Field(alias="pk")
    certificate: int = Field(alias="certificate_id")
    says: str = Field(description="issued or recalled.")
    origin: str = Field(description="The issuer's log.")
    index: int = Field(description="Its entry there.")
    size: int = Field(description="How many entries that log had under the checkpoint that was verified.")
    root: str
    sha256: str


class SignedText(Schema):
    text: str = Field(description="The proof file; hand it on unchanged.")


class PaperIn(Schema):
    sort: str = Field(description="euc, order or import_authorisation.")
    number: str
    issuer: str
    issued_on: date
    end_user: str = Field(description="As the paper names it.")
    country: str
    lines: list[PaperLineIn]
    document: int | None = Field(None, description="The paper as a file, among the documents of the application.")


class PaperOut(Schema):
    id: int = Field(alias="pk")
    subject: str
    sort: str
    number: str
    issuer: str
    issued_on: date
    end_user: str
    country: str
    lines: list[dict[str, Any]]


class DifferenceOut(Schema):
    key: str
    paper: str
    what: str
    said: str
    accepted: str | None = Field(description="The reason for which an officer accepted it.")


class MatchOut(Schema):
    columns: list[dict[str, str]]
    rows: list[dict[str, Any]]
    differences: list[DifferenceOut]
    missing: list[str]


class AcceptedOut(Schema):
    id: int = Field(alias="pk")
    key: str
    said: str
    reason: str
